import type { TriptychClient } from '@triptych/client';

/** A client, and whatever was started for it. */
export interface Connection {
  readonly client: TriptychClient;
  close(): Promise<void>;
}

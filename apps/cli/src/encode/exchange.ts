import { problemOf, TriptychError } from '@triptych/core';
import type { AudioSource } from './sources.js';

/** A configured stream of audio to a server. */
interface Call<Answer> extends AsyncIterable<Answer> {
  send(data: Uint8Array): Promise<void>;
  finish(): void;
  cancel(): void;
}

/** Sends a source, as fast as the server takes it, and gives its answers meanwhile. Throws CallError; FILE_UNREADABLE of a broken source. */
export async function* exchange<Answer>(call: Call<Answer>, source: AudioSource): AsyncGenerator<Answer> {
  let failure: unknown;
  let isOver = false;
  const sending = (async () => {
    for await (const chunk of source.open()) {
      await call.send(chunk);
      if (isOver) return;
    }
    call.finish();
  })().catch((thrown: unknown) => {
    failure = thrown;
    call.cancel();
  });
  try {
    yield* call;
  } catch (thrown) {
    throw failure instanceof Error
      ? new TriptychError('FILE_UNREADABLE', `${source.name}: ${problemOf(failure)}`, { cause: failure })
      : thrown;
  } finally {
    isOver = true;
    call.cancel();
    source.close?.();
    await sending;
  }
}

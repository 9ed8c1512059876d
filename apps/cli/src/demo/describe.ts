import type { TriptychClient } from '@triptych/client';
import { TriptychError } from '@triptych/core';
import type { Picture } from './pictures.js';

/** A picture, and what a model wrote of it. */
export interface Description {
  readonly name: string;
  readonly text: string;
}

/** Has pictures described, in one call. */
export async function describe(client: TriptychClient, images: Picture[]): Promise<Description[]> {
  const { captions } = await client.caption({ images });
  return captions.map(({ id, text, error }) => {
    if (error) throw new TriptychError('INTERNAL', `${id}: ${error.message}`);
    return { name: id, text };
  });
}

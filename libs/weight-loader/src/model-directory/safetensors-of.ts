import { existsSync } from 'node:fs';
import { fileWithin, TriptychError } from '@triptych/core';

/** The weights of a HuggingFace directory, or the index of their shards. Throws WEIGHTS_MISSING or FILE_OUTSIDE. */
export async function findSafetensors(source: string): Promise<string> {
  const names = ['model.safetensors', 'model.safetensors.index.json'];
  for (const name of names) {
    const path = await fileWithin(source, name);
    if (existsSync(path)) return path;
  }
  throw new TriptychError('WEIGHTS_MISSING', `${source}: neither ${names.join(' nor ')} is there`);
}

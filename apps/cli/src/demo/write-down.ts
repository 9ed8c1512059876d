import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { AudioEncoding, type TriptychClient } from '@triptych/client';

/** A recording, and what is said in it. */
export interface Transcript {
  readonly name: string;
  readonly text: string;
}

/** Has recordings written down, side by side. */
export function writeDown(client: TriptychClient, paths: readonly string[]): Promise<Transcript[]> {
  return Promise.all(
    paths.map(async (path) => {
      const { text } = await client.transcribe({
        format: { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER },
        data: await readFile(path),
      });
      return { name: basename(path, extname(path)), text };
    }),
  );
}

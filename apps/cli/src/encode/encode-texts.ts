import { problemOf, TriptychError } from '@triptych/core';
import { readFile } from 'node:fs/promises';
import { readEmbedding, type TriptychClient } from '@triptych/client';
import type { EncodedVector, Progress } from './encoded-vector.js';
import { checkSame, type Identity, type TextRequest } from './identity.js';

/** Texts of one call. */
const BATCH = 64;

export interface TextSource {
  readonly source: string;
  readonly text: string;
}

/** The lines of a text file that are not empty. Throws FILE_UNREADABLE. */
export async function textLines(path: string): Promise<TextSource[]> {
  const content = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new TriptychError('FILE_UNREADABLE', `${path}: ${problemOf(cause)}`, { cause });
  });
  const lines = content.split(/\r?\n/);
  return lines.flatMap((text, i) => (text.trim() === '' ? [] : [{ source: `${path}:${i + 1}`, text }]));
}

/** Encodes texts, a batch at a time. One that fails is reported and left out. */
export async function* encodeTexts(
  client: TriptychClient,
  texts: readonly TextSource[],
  request: TextRequest,
  identity: Identity,
  progress: Progress,
): AsyncGenerator<EncodedVector> {
  for (let at = 0; at < texts.length; at += BATCH) {
    const batch = texts.slice(at, at + BATCH);
    const { stamp, results } = await client.encodeTexts({ ...request, texts: batch.map(({ text }) => text) });
    checkSame(identity, stamp);
    for (const [i, { embedding, error }] of results.entries()) {
      if (embedding) {
        progress.done();
        yield { ...batch[i], identity, ...readEmbedding(embedding) };
      } else progress.failed(`${batch[i].source}: ${error?.message ?? 'no vector'}`);
    }
  }
}

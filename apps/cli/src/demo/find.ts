import { type Item, readEmbedding, toEmbedding, type TriptychClient } from '@triptych/client';
import { TriptychError } from '@triptych/core';
import type { Heard } from './listen.js';
import type { Picture } from './pictures.js';

/** A picture or text that was encoded. */
export interface Seen {
  readonly name: string;
  readonly dimensions: number;
  readonly norm: number;
  readonly space: string;
  readonly vector: Float32Array;
}

/** What one query found. */
export interface Finding {
  readonly query: string;
  /** `written` or `spoken`. */
  readonly as: 'written' | 'spoken';
  readonly found: readonly { readonly name: string; readonly cosine: number }[];
}

/** Pictures, in one batch. */
export async function look(client: TriptychClient, images: Picture[]): Promise<Seen[]> {
  const { stamp, results } = await client.encodeImages({ images });
  return results.map(({ id, embedding, error }) => seen(id, stamp?.space, embedding, error));
}

/** Texts, in one call. */
export async function read(client: TriptychClient, texts: readonly string[]): Promise<Seen[]> {
  const { stamp, results } = await client.encodeTexts({ texts: [...texts] });
  return results.map(({ embedding, error }, i) => seen(texts[i], stamp?.space, embedding, error));
}

function seen(
  name: string,
  space: string | undefined,
  embedding: Parameters<typeof readEmbedding>[0] | null | undefined,
  error: { readonly message: string } | null | undefined,
): Seen {
  if (!embedding) throw new TriptychError('INTERNAL', error?.message ?? `${name}: no vector`);
  const { values, shape } = readEmbedding(embedding);
  return { name, space: space ?? '', dimensions: shape[0], norm: Math.hypot(...values), vector: values };
}

/** Which pictures each written and each spoken query finds, by the server's own ranking of vectors made before. */
export async function find(
  client: TriptychClient,
  written: readonly Seen[],
  spoken: readonly Heard[],
  pictures: readonly Seen[],
  topK: number,
): Promise<Finding[]> {
  const item = ({ name, vector, space }: Pick<Seen, 'name' | 'vector' | 'space'>): Item => ({
    id: name,
    embedding: toEmbedding(vector),
    space,
  });
  const { rankings } = await client.rank({
    queries: [...written, ...spoken].map(item),
    candidates: pictures.map(item),
    topK,
  });
  return rankings.map(({ queryId, items }, i) => ({
    query: queryId,
    as: i < written.length ? 'written' : 'spoken',
    found: items.map(({ id, score }) => ({ name: id, cosine: score })),
  }));
}

import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileWithin, messageOf, parseJson, problemOf, TriptychError } from '@triptych/core';

/** What a model of another implementation made of one input. */
export interface ReferenceItem {
  readonly kind: 'image' | 'audio' | 'text';
  /** As the file has it: a path relative to it, or the text. */
  readonly name: string;
  /** Where it lies, or the text. */
  readonly input: string;
  readonly vector: Float32Array;
}

/** A file that `tools/reference/make_reference.py` wrote. */
export interface Reference {
  readonly madeBy: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly items: readonly ReferenceItem[];
}

interface Stored {
  readonly made_by?: string;
  readonly versions?: Record<string, string>;
  readonly items: Record<string, string>[];
}

const kinds = ['image', 'audio', 'text'] as const;

/** Throws FILE_UNREADABLE, or FILE_OUTSIDE where an input lies outside of the reference's folder. */
export async function readReference(path: string): Promise<Reference> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new TriptychError('FILE_UNREADABLE', `${path}: ${problemOf(cause)}`, { cause });
  });
  try {
    const stored = parseJson(text) as Stored | null;
    if (!Array.isArray(stored?.items)) throw new TypeError('it has no list of items');
    const { made_by = 'an unnamed program', versions = {}, items } = stored;
    if (items.length === 0) throw new TypeError('it holds no items');
    const read = await Promise.all(items.map((item) => readItem(item, dirname(path))));
    return { madeBy: made_by, versions, items: read };
  } catch (cause) {
    if (cause instanceof TriptychError) throw cause;
    throw new TriptychError('FILE_UNREADABLE', `${path}: not a reference file (${messageOf(cause)})`, {
      cause,
    });
  }
}

async function readItem(item: Readonly<Record<string, string>>, folder: string): Promise<ReferenceItem> {
  const kind = kinds.find((key) => typeof item[key] === 'string');
  if (!kind) throw new TypeError(`an item has none of ${kinds.join(', ')}`);
  const bytes = Buffer.from(item['vector'] ?? '', 'base64');
  if (bytes.length === 0 || bytes.length % 4 !== 0) throw new TypeError('an item has no float32 vector');
  const vector = new Float32Array(new Uint8Array(bytes).buffer);
  return {
    kind,
    name: item[kind],
    input: kind === 'text' ? item[kind] : await fileWithin(folder, item[kind]),
    vector,
  };
}

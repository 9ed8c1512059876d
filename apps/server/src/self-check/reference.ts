import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileWithin, messageOf, parseJson, TriptychError } from '@triptych/core';

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

const kinds = ['image', 'audio', 'text'] as const;

/** Throws FILE_UNREADABLE, or FILE_OUTSIDE where an input lies outside of the reference's folder. */
export async function readReference(path: string): Promise<Reference> {
  try {
    const { made_by, versions, items } = parseJson(await readFile(path, 'utf8')) as {
      made_by: string;
      versions: Record<string, string>;
      items: Record<string, string>[];
    };
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

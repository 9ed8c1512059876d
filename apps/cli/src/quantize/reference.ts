import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileWithin } from '@triptych/core';
import { readReference, REFERENCE_FILE } from '@triptych/engine';

/** The source's reference vectors and their inputs, for the directory that is made of it: contents by name. */
export async function copiedReference(source: string): Promise<Record<string, string | Uint8Array>> {
  const path = await fileWithin(source, REFERENCE_FILE);
  if (!existsSync(path)) return {};
  const files: Record<string, string | Uint8Array> = { [REFERENCE_FILE]: await readFile(path, 'utf8') };
  const { items } = await readReference(path);
  for (const { kind, name, input } of items) if (kind !== 'text') files[name] = await readFile(input);
  return files;
}

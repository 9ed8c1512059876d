import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { REFERENCE_FILE } from '@triptych/server';

/** The source's reference vectors, for the directory that is made of it: paths of inputs start from there. */
export async function rebasedReference(source: string, target: string): Promise<Record<string, string>> {
  const path = join(source, REFERENCE_FILE);
  if (!existsSync(path)) return {};
  const reference = JSON.parse(await readFile(path, 'utf8')) as { items: Record<string, string>[] };
  const rebase = (input: string) => relative(resolve(target), resolve(dirname(path), input));
  const items = reference.items.map((item) => ({
    ...item,
    ...(item['audio'] === undefined ? {} : { audio: rebase(item['audio']) }),
    ...(item['image'] === undefined ? {} : { image: rebase(item['image']) }),
  }));
  return { [REFERENCE_FILE]: `${JSON.stringify({ ...reference, items }, null, 1)}\n` };
}

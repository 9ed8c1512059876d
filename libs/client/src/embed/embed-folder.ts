import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { AudioEncoding } from '@triptych/protocol';
import {
  embedClipsAsTheyCome,
  type EmbedClipsOptions,
  type Embedded,
  type Embeddings,
  embedImagesAsTheyCome,
  type EmbedTextsOptions,
  embedTextsAsTheyCome,
  type Encoders,
} from './embed.js';

export type FileKind = 'image' | 'audio' | 'text';

export interface EmbedFolderOptions extends EmbedClipsOptions, Omit<EmbedTextsOptions, 'model'> {
  /** Which files are wanted. Default: all of them. */
  readonly kinds?: readonly FileKind[];
  /** Folders inside it, too. Default: true. */
  readonly isRecursive?: boolean;
}

/** One file: its vector, or why it has none. */
export interface EmbeddedFile extends Embedded {
  /** Below the folder. */
  readonly path: string;
  readonly kind: FileKind;
  readonly stamp: Embeddings['stamp'];
}

const kindOfExtension: Readonly<Record<string, FileKind>> = {
  ...Object.fromEntries(
    ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.avif', '.tif', '.tiff'].map((name) => [name, 'image']),
  ),
  ...Object.fromEntries(['.wav', '.flac', '.mp3', '.ogg', '.oga', '.opus'].map((name) => [name, 'audio'])),
  '.txt': 'text',
};

/**
 * Encodes the files of a folder, those of one kind after the other, in the order of their names: images, recordings up to
 * the model's context, texts of one file each. Hidden files and links are left out. A file that cannot be encoded has an
 * error in its place; one that cannot be read ends it.
 */
export async function* embedFolder(
  client: Encoders,
  folder: string,
  options: EmbedFolderOptions = {},
): AsyncGenerator<EmbeddedFile, void, undefined> {
  const { kinds = ['image', 'audio', 'text'], isRecursive = true, onProgress, ...rest } = options;
  const files = await filesOf(folder, isRecursive);
  let [done, failed] = [0, 0];
  for (const kind of kinds) {
    const paths = files.filter((path) => kindOfExtension[extname(path).toLowerCase()] === kind);
    if (paths.length === 0) continue;
    let next = 0;
    for await (const { stamp, items } of encodeFiles(client, kind, paths, rest)) {
      done += items.length;
      failed += items.filter(({ error }) => error).length;
      onProgress?.({ done, failed });
      for (const item of items) yield { ...item, path: relative(folder, paths[next++]), kind, stamp };
    }
  }
}

function encodeFiles(
  client: Encoders,
  kind: FileKind,
  paths: readonly string[],
  options: EmbedClipsOptions & EmbedTextsOptions,
): AsyncGenerator<Embeddings, void, undefined> {
  const contents = read(paths);
  if (kind === 'image')
    return embedImagesAsTheyCome(
      client,
      each(contents, (encoded) => ({ encoded })),
      options,
    );
  if (kind === 'text') return embedTextsAsTheyCome(client, each(contents, String), options);
  const format = { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER };
  return embedClipsAsTheyCome(
    client,
    each(contents, (data) => ({ format, data })),
    options,
  );
}

async function* read(paths: readonly string[]): AsyncGenerator<Buffer, void, undefined> {
  for (const path of paths) yield await readFile(path);
}

async function* each<From, To>(
  items: AsyncIterable<From>,
  make: (item: From) => To,
): AsyncGenerator<To, void, undefined> {
  for await (const item of items) yield make(item);
}

async function filesOf(folder: string, isRecursive: boolean): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isFile()) found.push(path);
    else if (isRecursive && entry.isDirectory()) found.push(...(await filesOf(path, true)));
  }
  return found;
}

import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { problemOf, TriptychError } from '@triptych/core';
import { complain } from '../output/complain.js';

/** What a file holds, as its name says. */
export type Media = 'audio' | 'image' | 'text';

const extensions: Readonly<Record<Media, readonly string[]>> = {
  audio: ['.wav', '.flac', '.mp3', '.ogg', '.oga', '.opus'],
  image: ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.avif', '.tif', '.tiff'],
  text: ['.txt'],
};

/** Found often enough to be named where a folder holds them, and not decoded. */
const notDecoded: Readonly<Record<'audio' | 'image', readonly string[]>> = {
  audio: ['.m4a', '.aac', '.wma', '.aif', '.aiff', '.amr'],
  image: [
    '.bmp',
    '.heic',
    '.heif',
    '.svg',
    '.jxl',
    '.jp2',
    '.ico',
    '.psd',
    '.tga',
    '.raw',
    '.cr2',
    '.nef',
    '.dng',
  ],
};

const byExtension = (lists: Readonly<Partial<Record<Media, readonly string[]>>>) =>
  new Map(
    (Object.keys(lists) as Media[]).flatMap(
      (media) => lists[media]?.map((ext) => [ext, media] as const) ?? [],
    ),
  );
const mediaByExtension = byExtension(extensions);
const notDecodedByExtension = byExtension(notDecoded);

/** Names that are listed where files are skipped; of more, how many. */
const MOST_NAMED = 5;

/** What a file's name says that it holds, decoded or not. */
export function mediaOf(path: string): Media | undefined {
  const extension = extname(path).toLowerCase();
  return mediaByExtension.get(extension) ?? notDecodedByExtension.get(extension);
}

/**
 * Files as named, and all files of these kinds below folders, sorted; hidden ones are left out. Those that are of such a
 * kind, but of a format that is not decoded, are named on standard error. Throws FILE_UNREADABLE where there is none.
 */
export async function findMedia(paths: readonly string[], kinds: readonly Media[]): Promise<string[]> {
  const found: string[] = [];
  const skipped: string[] = [];
  for (const path of paths) {
    for (const file of await filesAt(path)) {
      const isNamed = file === path;
      const media = mediaOf(file);
      if (isNamed) found.push(file);
      else if (media && kinds.includes(media)) (isDecoded(file) ? found : skipped).push(file);
    }
  }
  const expected = kinds.flatMap((kind) => extensions[kind]).join(' ');
  if (skipped.length > 0) complain(`skipped ${listed(skipped)}: not decoded; expected ${expected}`);
  if (found.length > 0) return found;
  throw new TriptychError('FILE_UNREADABLE', `nothing to read in ${paths.join(', ')}; expected ${expected}`);
}

const isDecoded = (path: string) => mediaByExtension.has(extname(path).toLowerCase());

function listed(paths: readonly string[]): string {
  const more = paths.length - MOST_NAMED;
  return `${paths.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The path itself, or all files below a folder, sorted, without hidden ones. Throws FILE_UNREADABLE. */
async function filesAt(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { recursive: true });
    const isHidden = (entry: string) => /(^|\/)\./.test(entry);
    return entries
      .filter((entry) => !isHidden(entry))
      .sort()
      .map((entry) => join(path, entry));
  } catch (cause) {
    throw new TriptychError('FILE_UNREADABLE', `${path}: ${problemOf(cause)}`, { cause });
  }
}

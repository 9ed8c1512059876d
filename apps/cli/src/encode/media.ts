import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { messageOf, TriptychError } from '@triptych/core';

/** What a file holds, as its name says. */
export type Media = 'audio' | 'image' | 'text';

const extensions: Readonly<Record<Media, readonly string[]>> = {
  audio: ['.wav', '.flac', '.mp3', '.ogg', '.oga', '.opus'],
  image: ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.avif', '.tif', '.tiff'],
  text: ['.txt'],
};

const mediaByExtension = new Map(
  (Object.keys(extensions) as Media[]).flatMap((media) =>
    extensions[media].map((ext) => [ext, media] as const),
  ),
);

export function mediaOf(path: string): Media | undefined {
  return mediaByExtension.get(extname(path).toLowerCase());
}

/**
 * Files as named, and all files of these kinds below folders, sorted; hidden ones are left out. Throws FILE_UNREADABLE
 * where there is none.
 */
export async function findMedia(paths: readonly string[], kinds: readonly Media[]): Promise<string[]> {
  const found = (await Promise.all(paths.map((path) => expand(path, kinds)))).flat();
  if (found.length > 0) return found;
  const expected = kinds.flatMap((kind) => extensions[kind]).join(', ');
  throw new TriptychError('FILE_UNREADABLE', `nothing to read in ${paths.join(', ')}; expected ${expected}`);
}

async function expand(path: string, kinds: readonly Media[]): Promise<string[]> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new TriptychError('FILE_UNREADABLE', `${path}: ${messageOf(cause)}`, { cause });
  });
  if (!info.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true });
  const isWanted = (entry: string) => {
    const media = mediaOf(entry);
    return media !== undefined && kinds.includes(media) && !/(^|\/)\./.test(entry);
  };
  return entries
    .filter(isWanted)
    .sort()
    .map((entry) => join(path, entry));
}

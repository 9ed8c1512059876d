import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, posix, relative, sep, win32 } from 'node:path';
import { TriptychError } from '../errors/triptych-error.js';

/**
 * The path of a file of a directory, by the name that a file's text or a format gives it. It lies in the directory, or does not
 * exist: `..`, absolute names and links that lead out are refused, whoever made them. One exception: in a snapshot of a hub's
 * cache (`models--OWNER--NAME/snapshots/COMMIT`) links may lead to the `blobs` beside `snapshots`, where the cache keeps contents.
 * Throws FILE_OUTSIDE, or FILE_UNREADABLE for what is there and is no regular file.
 */
export async function fileWithin(directory: string, name: string): Promise<string> {
  if (!staysBelow(name))
    throw outside(directory, name, 'expected a name without .. that is relative to the directory');
  const path = join(directory, name);
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) return path;
  const root = await realpath(directory);
  if (!isBelow(root, real) && dirname(real) !== blobsOf(root))
    throw outside(directory, name, 'a link leads out of the directory: put the file itself there');
  if (!(await stat(real)).isFile())
    throw new TriptychError('FILE_UNREADABLE', `${path}: expected a regular file`);
  return path;
}

function staysBelow(name: string): boolean {
  const parts = name.split(/[\\/]/);
  return (
    !posix.isAbsolute(name) &&
    !win32.isAbsolute(name) &&
    !/^[a-z]:/i.test(name) &&
    !name.includes('\0') &&
    !parts.includes('..') &&
    !['', '.'].includes(parts.at(-1) as string)
  );
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The folder of contents beside the snapshot that a directory is, or is in. A `blobs` that is a link itself is no such folder. */
function blobsOf(root: string): string | undefined {
  for (let folder = root; dirname(folder) !== folder; folder = dirname(folder)) {
    const model = dirname(dirname(folder));
    if (basename(dirname(folder)) === 'snapshots' && basename(model).startsWith('models--'))
      return join(model, 'blobs');
  }
  return undefined;
}

function outside(directory: string, name: string, expected: string): TriptychError {
  return new TriptychError(
    'FILE_OUTSIDE',
    `${directory}: ${JSON.stringify(name)} is no file of it: ${expected}`,
  );
}

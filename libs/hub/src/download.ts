import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, renameFlushed, TriptychError } from '@triptych/core';
import { SILENCE_MS } from './patient-fetch.js';

/** A file of a commit, as the hub announces it. */
export interface HubFile {
  readonly path: string;
  readonly size: number;
  /** sha256 of a large file; of others git's sha1 of the blob. */
  readonly hash: string;
}

/** Bytes of a file, from `start` on. */
export interface HubBody {
  readonly start: number;
  readonly body: NonNullable<Response['body']>;
}

export interface DownloadOptions {
  /** The file's bytes, from `start` on where the hub can do that. */
  readonly open: (start: number) => Promise<HubBody>;
  readonly onBytes: (bytes: number) => void;
  /** Longest that a body may take for {@link LEAST_BYTES}. Default: half a minute. */
  readonly silenceMs?: number;
}

/** Attempts without progress. */
const MOST_FAILURES = 5;
const FIRST_PAUSE_MS = 200;
/** Less than this, or than a hundredth of the file, is no progress: the attempts at a file are at most some five hundred. */
const PROGRESS_BYTES = 8 * 1024 * 1024;
/** A body that brings less in the time that it may be silent is as good as silent. */
const LEAST_BYTES = 16 * 1024;
/** What a file system says that takes no more. */
const UNWRITABLE: ReadonlySet<unknown> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'EROFS',
  'EACCES',
  'EPERM',
  'EIO',
]);

/**
 * Downloads a file to `blob`, its place in the cache, going on where an earlier attempt stopped, and never beyond the size that
 * the hub announces; the place is taken only by what has the announced hash, and what is there already without it is replaced.
 * Throws HUB_UNREACHABLE, HUB_CORRUPT, or FILE_UNREADABLE where the disk has no room.
 */
export async function download(file: HubFile, blob: string, options: DownloadOptions): Promise<void> {
  const { onBytes } = options;
  if (await isWhole(file, blob)) {
    onBytes(file.size);
    return;
  }
  // Nobody takes it for the file meanwhile.
  await rm(blob, { force: true });
  await mkdir(dirname(blob), { recursive: true });
  const partial = `${blob}.incomplete`;
  if ((await sizeOf(partial)) > file.size) await rm(partial);
  const wasPartial = (await sizeOf(partial)) > 0;
  await checkRoom(file, blob, file.size - (await sizeOf(partial)));
  await complete(file, partial, options);
  const found = await hashOf(partial, file);
  if (found === file.hash) return renameFlushed(partial, blob);
  await rm(partial);
  onBytes(-file.size);
  // A part that some other run left may be of something else.
  if (wasPartial) return download(file, blob, options);
  throw new TriptychError(
    'HUB_CORRUPT',
    `${file.path}: ${file.size} bytes with hash ${found} came; the hub announces ${file.hash}`,
  );
}

/** Whether a blob is the file: the machine may have crashed before all that another tool wrote was on the disk. */
async function isWhole(file: HubFile, blob: string): Promise<boolean> {
  const there = await stat(blob).catch(() => undefined);
  return there?.size === file.size && (await hashOf(blob, file)) === file.hash;
}

/** Fills a partial file up to the announced size. */
async function complete(file: HubFile, partial: string, options: DownloadOptions): Promise<void> {
  const { open, onBytes } = options;
  let seen = await sizeOf(partial);
  onBytes(seen);
  if (file.size === 0) await pipeline(Readable.from([]), createWriteStream(partial));
  for (let failures = 0; seen < file.size;) {
    let reason = 'the hub ended it';
    let counted = seen;
    const count = (bytes: number) => {
      counted += bytes;
      onBytes(bytes);
    };
    try {
      const body = await open(seen);
      count(body.start - seen);
      await append(partial, body, file.size, { ...options, onBytes: count });
    } catch (thrown) {
      if (thrown instanceof TriptychError) throw thrown;
      reason = messageOf(thrown);
      if (UNWRITABLE.has((thrown as NodeJS.ErrnoException).code))
        throw new TriptychError('FILE_UNREADABLE', `${partial}: cannot be written (${reason})`, {
          cause: thrown,
        });
    }
    // What reached the disk counts, not what was on its way there.
    const written = await sizeOf(partial);
    onBytes(written - counted);
    failures = written - seen >= Math.max(PROGRESS_BYTES, file.size / 100) ? 0 : failures + 1;
    seen = written;
    if (seen < file.size && failures === MOST_FAILURES)
      throw new TriptychError(
        'HUB_UNREACHABLE',
        `${file.path}: ${seen} of ${file.size} bytes came, and hardly more in ${failures} attempts (${reason})`,
      );
    if (seen < file.size) await sleep(FIRST_PAUSE_MS * 2 ** failures);
  }
}

/** Appends until the source ends, or the file has its size; fails where it is silent for too long. */
async function append(
  path: string,
  { start, body }: HubBody,
  size: number,
  { onBytes, silenceMs = SILENCE_MS }: DownloadOptions,
): Promise<void> {
  const silence = new AbortController();
  const restart = () => setTimeout(() => silence.abort(), silenceMs);
  let timer = restart();
  let sinceRestart = 0;
  let left = size - start;
  async function* watched(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      sinceRestart += chunk.length;
      if (sinceRestart >= LEAST_BYTES) {
        clearTimeout(timer);
        timer = restart();
        sinceRestart = 0;
      }
      const wanted = chunk.subarray(0, left);
      left -= wanted.length;
      onBytes(wanted.length);
      yield wanted;
      if (left === 0) return;
    }
  }
  try {
    const file = createWriteStream(path, { flags: start === 0 ? 'w' : 'a' });
    await pipeline(Readable.fromWeb(body), watched, file, { signal: silence.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Throws FILE_UNREADABLE where the disk has less than `bytes` left: a disk that is full to its end is everybody's problem. */
async function checkRoom({ path }: HubFile, blob: string, bytes: number): Promise<void> {
  const { blocks, bavail, bsize } = await statfs(dirname(blob));
  const free = bavail * bsize;
  // Some file systems do not say.
  if (blocks === 0 || bytes <= free) return;
  throw new TriptychError(
    'FILE_UNREADABLE',
    `${path}: ${bytes} bytes are to come, and ${dirname(blob)} has room for ${free}; free some, or set HF_HUB_CACHE`,
  );
}

async function hashOf(path: string, { hash, size }: HubFile): Promise<string> {
  const isSha256 = hash.length === 64;
  const digest = createHash(isSha256 ? 'sha256' : 'sha1');
  if (!isSha256) digest.update(`blob ${size}\0`);
  await pipeline(createReadStream(path), digest);
  return digest.digest('hex');
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

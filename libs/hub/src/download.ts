import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, TriptychError } from '@triptych/core';
import { SILENCE_MS } from './patient-fetch.js';

/** A file of a commit, as the hub announces it. */
export interface HubFile {
  readonly path: string;
  readonly size: number;
  /** sha256 of a large file; of others git's sha1 of the blob. */
  readonly hash: string;
}

/** Attempts in a row that bring nothing. */
const MOST_FAILURES = 5;
const WAIT_MS = 200;

/**
 * Downloads a file to `blob`, its place in the cache, going on where an earlier attempt stopped; the place is taken only by
 * what has the announced hash. `open` gives the file's bytes from some place on. Throws HUB_UNREACHABLE or HUB_CORRUPT.
 */
export async function download(
  file: HubFile,
  blob: string,
  open: () => Promise<Blob>,
  onBytes: (bytes: number) => void,
): Promise<void> {
  if (existsSync(blob)) {
    onBytes(file.size);
    return;
  }
  await mkdir(dirname(blob), { recursive: true });
  const partial = `${blob}.incomplete`;
  let seen = await sizeOf(partial);
  if (seen > file.size) {
    await rm(partial);
    seen = 0;
  }
  onBytes(seen);
  const wasPartial = seen > 0;
  for (let failures = 0; seen < file.size;) {
    const before = seen;
    try {
      await append(partial, (await open()).slice(seen), (bytes) => {
        seen += bytes;
        onBytes(bytes);
      });
    } catch (thrown) {
      if (thrown instanceof TriptychError) throw thrown;
      failures = seen > before ? 0 : failures + 1;
      if (failures === MOST_FAILURES)
        throw new TriptychError('HUB_UNREACHABLE', `${file.path}: ${messageOf(thrown)}`, { cause: thrown });
      await sleep(WAIT_MS * 2 ** failures);
    }
    // What reached the disk counts, not what was on its way there.
    const written = await sizeOf(partial);
    onBytes(written - seen);
    seen = written;
    if (seen > file.size) break;
  }
  if (file.size === 0) await pipeline(Readable.from([]), createWriteStream(partial));
  const found = await hashOf(partial, file);
  if (found === file.hash) return rename(partial, blob);
  await rm(partial);
  onBytes(-seen);
  // A part that some other run left may be of something else.
  if (wasPartial) return download(file, blob, open, onBytes);
  throw new TriptychError(
    'HUB_CORRUPT',
    `${file.path}: ${seen} bytes with hash ${found} came; the hub announces ${file.size} with ${file.hash}`,
  );
}

/** Appends until the source ends; fails where it is silent for too long. */
async function append(path: string, source: Blob, onBytes: (bytes: number) => void): Promise<void> {
  const silence = new AbortController();
  const restart = () => setTimeout(() => silence.abort(), SILENCE_MS);
  let timer = restart();
  async function* watched(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      clearTimeout(timer);
      timer = restart();
      onBytes(chunk.length);
      yield chunk;
    }
  }
  try {
    const body = Readable.fromWeb(source.stream());
    await pipeline(body, watched, createWriteStream(path, { flags: 'a' }), { signal: silence.signal });
  } finally {
    clearTimeout(timer);
  }
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

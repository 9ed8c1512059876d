import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listWeights, loadTensor } from '../load.js';
import { decodeTensors } from './decode.js';
import { eachUntilTrap, isTrap, untilTrap } from './trap.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}.parquet`, import.meta.url));
let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-trap-'));
});
afterAll(() => rm(work, { recursive: true }));

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** WebAssembly whose function `f` traps. */
const trapping = new WebAssembly.Instance(
  new WebAssembly.Module(
    Uint8Array.of(
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0],
      ...[10, 5, 1, 3, 0, 0, 0x0b],
    ),
  ),
).exports as { f: () => void };

/** A file with one bit that is another, at which parquet-wasm traps. */
async function damaged(name: string, at: number, bits: number): Promise<string> {
  const bytes = await readFile(fixture(name));
  bytes[at] ^= bits;
  const path = join(work, `${name}-${at}.parquet`);
  await writeFile(path, bytes);
  return path;
}

async function decodeAll(path: string): Promise<void> {
  const file = await decodeTensors(path);
  try {
    for await (const tensor of file.read()) expect(tensor).toBeDefined();
  } finally {
    file.close();
  }
}

describe('a damaged file that makes the decoder trap', () => {
  it.each([
    ['uncompressed-dictionary', 2850, 0x7f],
    ['uncompressed-dictionary', 2255, 0x7f],
    ['arrow-engine', 1399, 0x7f],
    ['arrow-engine', 1319, 0xff],
  ])('is refused by its name, decoded in this thread: %s at %d', async (name, at, bits) => {
    const path = await damaged(name, at, bits);
    await expect(decodeAll(path)).rejects.toMatchObject({
      reason: 'WEIGHTS_CORRUPT',
      message: `${path}: not a readable Parquet file (unreachable)`,
    });
    expect(process.hasUncaughtExceptionCaptureCallback()).toBe(false);
  });

  it('leaves other files to be read, and is refused in a worker too', async () => {
    const path = await damaged('arrow-engine', 1399, 0x7f);
    await expect(listWeights(path).then(() => loadTensor(path, 'w'))).rejects.toMatchObject({
      reason: 'WEIGHTS_CORRUPT',
      message: expect.stringContaining(path) as string,
    });
    await decodeAll(fixture('arrow-engine'));
  });
});

describe('waiting for WebAssembly', () => {
  it('rejects where it traps in a task of its own, and takes nobody else’s errors', async () => {
    queueMicrotask(() => trapping.f());
    await expect(untilTrap(new Promise(() => undefined))).rejects.toSatisfy(isTrap);
    expect(await untilTrap(Promise.resolve(1))).toBe(1);
    await expect(untilTrap(Promise.reject(new RangeError('other')))).rejects.toThrow('other');
    expect(process.hasUncaughtExceptionCaptureCallback()).toBe(false);
  });

  it('passes on what a stream gives, and ends it where nobody wants more', async () => {
    let isEnded = false;
    async function* numbers() {
      try {
        for (let n = 0; ; n++) yield await Promise.resolve(n);
      } finally {
        isEnded = true;
      }
    }
    const seen: number[] = [];
    for await (const n of eachUntilTrap(numbers())) {
      seen.push(n);
      if (n === 2) break;
    }
    expect(seen).toEqual([0, 1, 2]);
    expect(isEnded).toBe(true);
  });
});

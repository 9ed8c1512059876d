import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import decode, { init } from '@jsquash/avif/decode.js';
import type { Pixels } from '../pixels.js';

/** The browser's class, which the decoder makes its result with. */
class PlainImageData {
  constructor(
    readonly data: Uint8ClampedArray,
    readonly width: number,
    readonly height: number,
  ) {}
}

/** WebAssembly memory never shrinks: after a larger image than this, the next one gets a new instance. */
const KEPT_PIXELS = 4_000_000;

let wasm: Promise<WebAssembly.Module> | undefined;
let isFresh = false;

/**
 * Decodes with libavif, as Pillow does: chroma is interpolated where sharp's decoder repeats it, which at edges of colour
 * is 40 levels of difference instead of 2. Throws what the decoder throws.
 */
export async function decodeAvif(data: Uint8Array): Promise<Pixels> {
  (globalThis as { ImageData?: unknown }).ImageData ??= PlainImageData;
  if (!isFresh) await init((await (wasm ??= compile())) as Parameters<typeof init>[0]);
  isFresh = false;
  const {
    width,
    height,
    data: rgba,
  } = (await decode(new Uint8Array(data).buffer)) as unknown as PlainImageData;
  isFresh = width * height <= KEPT_PIXELS;
  const { buffer, byteOffset, byteLength } = rgba;
  return { width, height, channels: 4, data: new Uint8Array(buffer, byteOffset, byteLength) };
}

async function compile(): Promise<WebAssembly.Module> {
  const path = fileURLToPath(import.meta.resolve('@jsquash/avif/codec/dec/avif_dec.wasm'));
  return WebAssembly.compile(await readFile(path));
}

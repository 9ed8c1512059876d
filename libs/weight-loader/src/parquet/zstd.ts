import { ZSTDDecoder } from 'zstddec';
import type { Page } from './pages.js';

/** A page's bytes before compression; undefined where they are not as many as its header says. */
export type Unpack = (bytes: Uint8Array, page: Page) => Uint8Array | undefined;

/** Page bodies of a file: those that are compressed are decompressed by a decoder that is started where there are such. */
export async function unpackerOf(pages: Iterable<Page>): Promise<Unpack> {
  for (const page of pages) if (page.isCompressed) return zstdUnpacker();
  return (bytes, { rawBytes }) => (bytes.byteLength === rawBytes ? bytes : undefined);
}

async function zstdUnpacker(): Promise<Unpack> {
  const zstd = new ZSTDDecoder();
  await zstd.init();
  return (bytes, { rawBytes, isCompressed, levels }) => {
    if (!isCompressed) return bytes.byteLength === rawBytes ? bytes : undefined;
    // These are not compressed.
    const before = levels ? levels.repetition + levels.definition : 0;
    const wanted = rawBytes - before;
    // Of no bytes it would look for their number itself.
    const raw = wanted > 0 ? zstd.decode(bytes.subarray(before), wanted) : new Uint8Array(0);
    if (raw.byteLength !== wanted) return undefined;
    return before === 0 ? raw : Buffer.concat([bytes.subarray(0, before), raw]);
  };
}

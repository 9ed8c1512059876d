import { readFileSync } from 'node:fs';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));

/** 1.4 KB that decode to 49 megapixels, in seconds of WebAssembly. */
export const hugeAvif = () => fixture('49-megapixels.avif');

/** Under half a KB, and not far from what a server decodes of so little. */
export const largeAvif = () => fixture('8-megapixels.avif');

/** 36 bytes, and not far from what a server decodes of so little. */
export const largeWebp = () => fixture('22-megapixels.webp');

/** {@link hugeAvif}, grown to 10.8 MB by a box that decoders skip. */
export function paddedAvif(): Buffer {
  const image = hugeAvif();
  const box = Buffer.alloc(10_800_000 - image.length);
  box.writeUInt32BE(box.length);
  box.write('free', 4, 'latin1');
  return Buffer.concat([image, box]);
}

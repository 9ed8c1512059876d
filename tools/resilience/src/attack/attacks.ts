import type { Attack } from './attack.js';
import { hugeAvifs, largeAvifs, largeWebps, paddedAvifs } from './f-images.js';
import { avifsCancelled, avifsCancelledByMany, webpsCancelled } from './g-images.js';
import { decodersCrash } from './k-decoders.js';
import { tokenizer } from './l-tokenizer.js';
import { quiet } from './quiet.js';

/** Every attack by its name: the letter of its line in docs/attacks.md, and what it does. */
export const attacks: Readonly<Record<string, Attack>> = {
  quiet,
  'f-avif-49-megapixels': hugeAvifs,
  'f-avif-8-megapixels': largeAvifs,
  'f-avif-10-megabytes': paddedAvifs,
  'f-webp-22-megapixels': largeWebps,
  'g-webps-cancelled': webpsCancelled,
  'g-avifs-cancelled': avifsCancelled,
  'g-avifs-cancelled-by-many': avifsCancelledByMany,
  'k-decoders-crash': decodersCrash,
  'l-tokenizer': tokenizer,
};

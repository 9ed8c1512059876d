import type { Attack } from './attack.js';
import { besideAttackers } from './beside.js';
import { askAndCancel, attackers } from './image-attackers.js';
import { largeAvif, largeWebp } from './images-of-attackers.js';

const IMAGES = 64;
const CANCELLED_AFTER_MS = 500;

/** Callers that ask for 64 images in one message, and go away. */
function cancelling(title: string, make: () => Buffer, callers: number): Attack {
  return {
    title,
    run: async (extent) => {
      const images = Array<Buffer>(IMAGES).fill(make());
      return besideAttackers({
        extent,
        attack: ({ address }, isOver) =>
          attackers(address, isOver, (client) => askAndCancel(client, images, CANCELLED_AFTER_MS), callers),
      });
    },
  };
}

export const webpsCancelled = cancelling(
  '64 WebPs of 22 megapixels, cancelled, again and again',
  largeWebp,
  1,
);
export const avifsCancelled = cancelling(
  '64 AVIFs of 8 megapixels, cancelled, again and again',
  largeAvif,
  1,
);
export const avifsCancelledByMany = cancelling('The same by eight callers', largeAvif, 8);

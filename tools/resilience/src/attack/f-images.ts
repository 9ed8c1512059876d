import type { Attack } from './attack.js';
import { besideAttackers } from './beside.js';
import { attackers } from './image-attackers.js';
import { hugeAvif, largeAvif, largeWebp, paddedAvif } from './images-of-attackers.js';

/** Eight callers that ask for the same image over and over. */
function askingFor(title: string, make: () => Buffer): Attack {
  return {
    title,
    run: async (extent) => {
      const encoded = make();
      return besideAttackers({
        extent,
        attack: ({ address }, isOver) =>
          attackers(address, isOver, (client) => client.encodeImages({ images: [{ encoded }] })),
      });
    },
  };
}

export const hugeAvifs = askingFor('Eight callers with AVIFs of 49 megapixels in 1.4 KB', hugeAvif);
export const largeAvifs = askingFor('Eight callers with AVIFs of 8 megapixels in 0.4 KB', largeAvif);
export const paddedAvifs = askingFor('Eight callers with AVIFs of 49 megapixels in 10.8 MB', paddedAvif);
export const largeWebps = askingFor('Eight callers with WebPs of 22 megapixels in 36 bytes', largeWebp);

import sharp from 'sharp';

const SERVED = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'];
let isRestricted = false;

/**
 * Leaves libvips only the loaders of formats that are served. It is one for the whole process: done by each worker as it
 * starts, it would for a moment take every loader from those that are decoding.
 */
export function restrictLoaders(): void {
  if (isRestricted) return;
  isRestricted = true;
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: SERVED.map((name) => `VipsForeignLoad${name}Buffer`) });
}

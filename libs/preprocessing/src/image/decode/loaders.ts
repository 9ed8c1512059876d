import sharp from 'sharp';

const SERVED = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'];

/** Leaves libvips of this process only the loaders of formats that are served. */
export function restrictLoaders(): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: SERVED.map((name) => `VipsForeignLoad${name}Buffer`) });
}

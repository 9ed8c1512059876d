/** Conversions to RGB that Pillow's `convert("RGB")` makes in its own way (libImaging/Convert.c). */

/**
 * CMYK, 255 being full ink, without a colour profile: each channel is (255 − K)(255 − ink) / 255, rounded. In
 * place: what is as large as an image is not taken twice.
 */
export function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const rgb = cmyk.subarray(0, (cmyk.length / 4) * 3);
  for (let from = 0, to = 0; from < cmyk.length; from += 4, to += 3) {
    const light = 255 - cmyk[from + 3];
    for (let c = 0; c < 3; c++) rgb[to + c] = Math.max(0, light - scaled(cmyk[from + c], light));
  }
  return rgb;
}

/** a·b / 255, rounded (`MULDIV255`). */
function scaled(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/** 16-bit grey without alpha: Pillow clips it to 255 instead of scaling it. In place, too. */
export function grey16ToGrey(grey: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(grey.buffer, grey.byteOffset, grey.length);
  for (let i = 0; i < grey.length; i++) bytes[i] = Math.min(grey[i], 255);
  return bytes;
}

/** Conversions to RGB that Pillow's `convert("RGB")` makes in its own way (libImaging/Convert.c). */

/** CMYK, 255 being full ink, without a colour profile: each channel is (255 − K)(255 − ink) / 255, rounded. */
export function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
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

/** 16-bit grey without alpha: Pillow clips it to 255 instead of scaling it. */
export function grey16ToRgb(grey: Uint16Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(Math.min(grey[i], 255), 3 * i, 3 * i + 3);
  return rgb;
}

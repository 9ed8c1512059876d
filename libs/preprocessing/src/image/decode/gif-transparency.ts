const HEADER_BYTES = 13;
const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;

/**
 * A GIF whose first frame is opaque: its transparent colour shows as the palette has it, which is how Pillow turns a
 * palette image into RGB. (The decoder would leave such pixels black.) Anything else comes back as it is.
 */
export function withoutTransparency(gif: Uint8Array): Uint8Array {
  const at = firstGraphicControl(gif);
  if (at === undefined || ((gif[at] ?? 0) & 1) === 0) return gif;
  const opaque = new Uint8Array(gif);
  opaque[at] &= ~1;
  return opaque;
}

/** Where the flags of the graphic control extension before the first frame lie (GIF89a, section 23). */
function firstGraphicControl(gif: Uint8Array): number | undefined {
  const flags = gif[10] ?? 0;
  let at = HEADER_BYTES + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  while (gif[at] === EXTENSION) {
    if (gif[at + 1] === GRAPHIC_CONTROL) return at + 3;
    at += 2;
    for (let size = gif[at]; size !== undefined && size > 0; size = gif[at]) at += size + 1;
    at++;
  }
  return undefined;
}

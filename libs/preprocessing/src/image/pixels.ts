/** Decoded pixels, 8 bits a channel, rows from the top. The first three channels are RGB; what follows is not read. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

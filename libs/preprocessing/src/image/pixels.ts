/** Decoded pixels, 8 bits a channel, rows from the top. One channel is grey; of more, the first three are RGB, and what follows is not read. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

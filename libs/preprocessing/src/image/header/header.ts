/** What the first bytes of a file say of the image in it. They may lie: a decoder checks them against what it finds. */
export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  /** Its decoder holds more than rows of RGB: progressive JPEG and interlaced PNG, whose last bytes change the first rows; CMYK. */
  readonly isBulky: boolean;
}

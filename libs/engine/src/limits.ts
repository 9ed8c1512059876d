/** Bounds of what one call or stream may bring. */
export interface EngineLimits {
  /** Clips of one call. */
  readonly maxClips: number;
  /** Images of one call, or of one batch of a stream. */
  readonly maxImages: number;
  /** Pixels of an image; checked before anything is decoded. */
  readonly maxPixels: number;
  /** Texts of one call. */
  readonly maxTexts: number;
  /** Queries and candidates, or items and labels, of one comparison. */
  readonly maxItems: number;
  /** Bytes of a comparison's answer. */
  readonly maxAnswerBytes: number;
  /** Windows of one stream that may be in work or unread. */
  readonly streamWindows: number;
  /** Images of one stream that may be in work or unread. */
  readonly streamImages: number;
}

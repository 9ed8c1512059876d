/** What made a vector, and what it may be compared with. */
export interface ModelStamp {
  readonly model: string;
  /** sha256 over the weights, their quantisation and the preprocessing recipe. */
  readonly fingerprint: string;
  /** Vectors may be compared only where this is the same: it covers models that share a space, pooling and audio context. */
  readonly space: string;
}

/** A query and what it is compared with. */
export interface Found {
  readonly vector: Float32Array;
  readonly space: string;
  /** Of each image that has one, by its path. */
  readonly vectors: ReadonlyMap<string, Float32Array>;
}

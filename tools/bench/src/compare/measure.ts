/** One number that a server is asked for again and again. */
export interface Measure {
  /** What it is, and whether it is a time or a rate. */
  readonly name: string;
  readonly run: () => Promise<number>;
}

export interface Measures {
  readonly all: readonly Measure[];
  readonly close: () => void;
}

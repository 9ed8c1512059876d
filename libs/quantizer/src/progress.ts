export interface QuantizeProgress {
  readonly step: string;
  readonly done: number;
  readonly total: number;
}

export type OnProgress = (progress: QuantizeProgress) => void;

/** Tells of one more that is done, of so many. */
export function counter(onProgress: OnProgress, step: string, total: number): () => void {
  let done = 0;
  return () => onProgress({ step, done: ++done, total });
}

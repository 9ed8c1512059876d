/** How a checkpoint's tensors are named, and which of them a model keeps. Plain data: it goes to workers. */
export interface TensorNames {
  /** From the name that a file has to the canonical one: applied in order, each at most once. */
  readonly renames: readonly (readonly [find: RegExp, by: string])[];
  /** Finds the canonical names of the tensors that the model is made of. */
  readonly keeps: RegExp;
}

/** Contents of text files, by their paths within a model's folder. */
export type TextFiles = Readonly<Record<string, string>>;

/** A checkpoint's file of weights beside its main one. */
export interface MoreWeights {
  /** Within the checkpoint's folder. */
  readonly path: string;
  /** Put before the names of its tensors, before they are renamed. */
  readonly prefix: string;
}

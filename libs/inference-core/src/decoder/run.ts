import type { Tensor } from 'onnxruntime-node';

export type Tensors = Readonly<Record<string, Tensor>>;

/** Runs a graph: feeds → outputs by name. */
export type Run = (feeds: Tensors, wanted: readonly string[]) => Promise<Tensors>;

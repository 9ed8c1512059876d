import { stat } from 'node:fs/promises';
import { elementCount } from '@triptych/core';
import type { OnnxGraph } from '@triptych/inference-core';
import { type Modality, type OpenModel, towersOf } from '@triptych/model-families';
import type { TextFiles } from '@triptych/weight-loader';

const MIB = 1024 * 1024;
const FLOAT_BYTES = 4;
/** What an allocator rounds up and keeps of what a session's weights were made of. */
const SLACK = 1.06;
/** Of an encoder beside its weights: its thread, its graph, and what its runs take, most where items have the most tokens. */
const ENCODER_BYTES: Readonly<Record<Modality, number>> = {
  audio: 20 * MIB,
  image: 16 * MIB,
  text: 10 * MIB,
};
/** Of a tokenizer's process, whatever it tokenizes with. */
const TOKENIZER_BYTES = 18 * MIB;
/** Of that process and of the server, for each character of the tokenizer's files. */
const TOKENIZER_RATIO = 38;

/**
 * What a model takes in memory, estimated before its weights are read, on a CPU: weights take four bytes a parameter, however they are stored,
 * but for tables of tokens, which stay as they are stored; stored in one byte they are computed with so. An estimate by the same rule for every
 * model is enough to bound their sum.
 */
export async function estimateBytes({ directory, model }: OpenModel): Promise<number> {
  const { size } = await stat(directory.weightsFile).catch(() => ({ size: Infinity }));
  const { total_parameters: parameters } = directory.metadata;
  const stored = Math.min(FLOAT_BYTES, size / parameters);
  // float16 becomes float32; int8 has its scales, and what stayed float.
  const computed = Math.min(FLOAT_BYTES, 2 * stored);
  const towers = towersOf(model);
  const tables = towers.reduce((sum, { tower }) => sum + tableParameters(tower.graph()), 0);
  // What encodes pairs has weights of its own, most of them the text tower's once more.
  const match = model.match?.graph();
  const [again, tablesAgain] = match
    ? [parametersOf(match, match.weights.keys()), tableParameters(match)]
    : [0, 0];
  const weights =
    computed * (parameters - tables) + FLOAT_BYTES * (again - tablesAgain) + stored * (tables + tablesAgain);
  const encoders = [...towers.map(({ modality }) => modality), ...(match ? (['text'] as const) : [])];
  const tokenizers = [
    ...(model.text ? [directory.files] : []),
    ...(model.caption ? [directory.files] : []),
    // Whether it is asked to transcribe or not: a call is not to take what nobody counted.
    ...(model.speech && directory.decoder ? [directory.decoder.files] : []),
  ];
  const decoder = model.speech ? FLOAT_BYTES * (directory.decoder?.metadata.total_parameters ?? 0) : 0;
  return Math.ceil(
    SLACK * (weights + decoder) +
      encoders.reduce((sum, modality) => sum + ENCODER_BYTES[modality], 0) +
      tokenizers.reduce((sum, files) => sum + tokenizerBytes(files), 0),
  );
}

/** Parameters of tables that are inputs of every run. */
function tableParameters(graph: OnnxGraph): number {
  return parametersOf(graph, graph.fed);
}

function parametersOf({ weights }: OnnxGraph, names: Iterable<string>): number {
  return [...names].reduce((sum, name) => sum + elementCount(weights.get(name) ?? []), 0);
}

function tokenizerBytes(files: TextFiles): number {
  const characters = Object.values(files).reduce((sum, text) => sum + text.length, 0);
  return TOKENIZER_BYTES + TOKENIZER_RATIO * characters;
}

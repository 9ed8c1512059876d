import { TriptychError } from '@triptych/core';
import type { EncodedItem, ItemResult, ModelStamp } from '@triptych/engine';
import type { OipModel } from '../models/oip-model.js';
import { bytesTensor } from '../tensors/bytes-tensor.js';
import type { Tensor } from '../tensors/tensor.js';

/** Where an item's audio lies, in samples of the model's rate. */
export interface Span {
  readonly startSample: number;
  readonly endSample: number;
}

/** What became of a request's items. */
export interface Encoded {
  readonly stamp: ModelStamp;
  readonly results: readonly ItemResult<EncodedItem>[];
  /** Of audio. */
  readonly spans?: readonly Span[];
}

/** What is given only where it is asked for: it has a request succeed some of whose items failed. */
const ON_REQUEST = 'error';

/** Names of the outputs that are wanted, in their order. Throws TENSOR_UNEXPECTED where the model has none of that name. */
export function wantedOutputs({ name: model, outputs }: OipModel, asked: readonly string[]): string[] {
  const names = outputs.map(({ name }) => name);
  const unknown = asked.find((one) => !names.includes(one));
  if (unknown !== undefined)
    throw new TriptychError(
      'TENSOR_UNEXPECTED',
      `model ${model} has no output ${JSON.stringify(unknown)}; expected of ${names.join(', ')}`,
      { field: 'outputs' },
    );
  return asked.length > 0 ? [...new Set(asked)] : names.filter((one) => one !== ON_REQUEST);
}

/**
 * The outputs of a request. Throws what the first failed item failed of, unless `error` is among them: then its row of `embedding` is NaN.
 */
export function makeOutputs(wanted: readonly string[], encoded: Encoded, dimensions: number): Tensor[] {
  const { stamp, results, spans = [] } = encoded;
  const rows = results.length;
  const failures = results.map((result) => ('error' in result ? result.error : undefined));
  const failed = failures.findIndex((failure) => failure !== undefined);
  if (failed >= 0 && !wanted.includes(ON_REQUEST)) throw inItem(failures[failed]!, failed, rows);
  const makers: Record<string, () => Tensor> = {
    embedding: () => embeddings(results, dimensions),
    space: () =>
      bytesTensor(
        'space',
        [rows, 1],
        failures.map((failure) => (failure ? '' : stamp.space)),
      ),
    span: () => spanTensor(spans),
    error: () =>
      bytesTensor(
        'error',
        [rows, 1],
        failures.map((failure) => (failure ? `${failure.reason}: ${failure.message}` : '')),
      ),
  };
  return wanted.map((name) => makers[name]());
}

/** The same failure, with the item that it is of in its message where there are several. */
function inItem(failure: TriptychError, index: number, items: number): TriptychError {
  if (items === 1) return failure;
  const { reason, field, resource, retryAfterMs } = failure;
  return new TriptychError(reason, `item ${index}: ${failure.message}`, {
    field,
    resource,
    retryAfterMs,
    cause: failure.cause,
  });
}

/** Vectors below each other. Of `none`, a list of vectors an item: [n, vectors, dimensions]. */
function embeddings(results: readonly ItemResult<EncodedItem>[], dimensions: number): Tensor {
  const encoded = results.flatMap((result) => ('error' in result ? [] : [result.embedding]));
  const inner = encoded[0]?.shape ?? [dimensions];
  const other = encoded.find(({ shape }) => shape.some((length, i) => length !== inner[i]));
  if (other)
    throw new TriptychError(
      'TENSOR_UNEXPECTED',
      `items have ${inner[0]} and ${other.shape[0]} vectors, which are no rows of one tensor; send one item a request with this pooling`,
      { field: 'parameters.pooling' },
    );
  const bytes = 4 * inner.reduce((product, length) => product * length, 1);
  const missing = encoded.length < results.length ? nans(bytes) : Buffer.alloc(0);
  const parts = results.map((result) => ('error' in result ? missing : result.embedding.bytes));
  const data = parts.length === 1 ? parts[0] : Buffer.concat(parts);
  return { name: 'embedding', datatype: 'FP32', shape: [results.length, ...inner], data };
}

function nans(bytes: number): Uint8Array {
  return new Uint8Array(new Float32Array(bytes / 4).fill(NaN).buffer);
}

function spanTensor(spans: readonly Span[]): Tensor {
  const values = BigInt64Array.from(
    spans.flatMap(({ startSample, endSample }) => [BigInt(startSample), BigInt(endSample)]),
  );
  return { name: 'span', datatype: 'INT64', shape: [spans.length, 2], data: new Uint8Array(values.buffer) };
}

import {
  discard,
  elementCount,
  messageOf,
  serveWorker,
  stepBack,
  Transferred,
  TriptychError,
  upcastBfloat16,
  WORKER_NICENESS,
} from '@triptych/core';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { createSession } from './create-session.js';
import { finishEmbedding } from './finish-embedding.js';
import {
  type CreateRequest,
  type ExternalWeight,
  feedBuffers,
  type PartSlice,
  type RunReply,
  type RunRequest,
} from './protocol.js';
import { InputBuffers } from './input-buffers.js';
import { readParts } from './read-parts.js';
import { toTensor } from './to-tensor.js';

stepBack(WORKER_NICENESS);

let session: InferenceSession | undefined;
let isOnDevice = false;
const buffers = new InputBuffers();
/** Weights that are inputs of every run. */
let tables: Record<string, Tensor> = {};
/** Buffers of weights that came in slices. */
let received: ArrayBuffer[] = [];

serveWorker({
  receive: ({ part, byteLength, byteOffset, bytes }: PartSlice) => {
    received[part] ??= new ArrayBuffer(byteLength);
    new Uint8Array(received[part]).set(bytes, byteOffset);
  },

  create: async (request: CreateRequest) => {
    const { model, folder, device, threads, reduceRange } = request;
    isOnDevice = device.kind !== 'cpu';
    const { weights, parts } = readParts(
      request.weights,
      request.parts.map((part, index) => part ?? received[index]),
    );
    received = [];
    if (weights.some(({ type }) => type === 'int8')) {
      // Here alone: the trial is a graph, and other sessions have no use for the library that writes them.
      const { integerKernelsSaturate, reduceWeights } = await import('../quantization/reduce-range.js');
      if (reduceRange ?? (await integerKernelsSaturate())) reduceWeights(weights, parts);
    }
    const given = weights.filter(({ fed }) => !fed);
    session = await createSession({ model, weights: given, parts, folder }, device, threads);
    const fed = weights.filter((weight) => weight.fed);
    tables = Object.fromEntries(fed.map((weight) => [weight.name, tableOf(weight, parts[weight.part])]));
    discard(parts.filter((_, index) => !fed.some(({ part }) => part === index)));
  },

  exit: () => process.exit(1),

  run: async ({ feeds, rows }: RunRequest) => {
    if (!session) throw new TriptychError('NOT_READY', 'no session was created');
    const started = performance.now();
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, feed]) => [name, toTensor(name, feed, buffers)]),
    );
    const wanted = [...new Set(rows.map((row) => row.output))];
    const outputs = await session.run({ ...tables, ...inputs }, wanted).catch(endIfOnDevice);
    discard(feedBuffers(feeds));
    const embeddings = rows.map(({ output, item, vectors, form }, place) => {
      const { data, dims } = outputs[output];
      const [count, ...shape] = dims;
      const start = ((item ?? place) * data.length) / count;
      if (vectors !== undefined) shape[0] = vectors;
      return finishEmbedding(
        (data as Float32Array).subarray(start, start + elementCount(shape)),
        shape,
        form,
      );
    });
    const reply: RunReply = { embeddings, inferenceUs: Math.round(1000 * (performance.now() - started)) };
    return new Transferred(
      reply,
      embeddings.map((e) => e.bytes.buffer),
    );
  },
});

/** A device that is lost, full or at fault stays so for its process: another takes its place. */
function endIfOnDevice(thrown: unknown): never {
  if (isOnDevice) {
    process.stderr.write(`${messageOf(thrown)}\n`);
    process.exit(1);
  }
  throw thrown;
}

/** bfloat16, which cannot be fed, is upcast. */
function tableOf({ type, shape, byteOffset, byteLength }: ExternalWeight, part: ArrayBuffer): Tensor {
  if (type === 'float32') return new Tensor(type, new Float32Array(part, byteOffset, byteLength / 4), shape);
  const halves = new Uint16Array(part, byteOffset, byteLength / 2);
  if (type === 'float16') return new Tensor(type, halves, shape);
  const floats = new Float32Array(halves.length);
  upcastBfloat16(halves, floats);
  return new Tensor('float32', floats, shape);
}

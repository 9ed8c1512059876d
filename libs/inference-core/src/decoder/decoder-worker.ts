import { discard, serveWorker, stepBack, TriptychError, WORKER_NICENESS } from '@triptych/core';
import { cpu } from '../device/device.js';
import { createSession } from '../session/create-session.js';
import type { PartSlice } from '../session/protocol.js';
import { readParts } from '../session/read-parts.js';
import { headGraph } from './aligner.js';
import { Decoding } from './decoding.js';
import type { CreateDecoder, TurnRequest } from './protocol.js';
import type { Run } from './run.js';

stepBack(WORKER_NICENESS);

let decoding: Decoding | undefined;
/** Buffers of weights that came in slices. */
let received: ArrayBuffer[] = [];

serveWorker({
  receive: ({ part, byteLength, byteOffset, bytes }: PartSlice) => {
    received[part] ??= new ArrayBuffer(byteLength);
    new Uint8Array(received[part]).set(bytes, byteOffset);
  },

  create: async ({ step, source, parts, threads, reduceRange, ...sizes }: CreateDecoder) => {
    const buffers = parts.map((part, index) => part ?? received[index]);
    received = [];
    const bound = [step, source].map((graph) => ({ graph, ...readParts(graph.weights, buffers) }));
    if (bound.some(({ weights }) => weights.some(({ type }) => type === 'int8'))) {
      const { integerKernelsSaturate, reduceWeights } = await import('../quantization/reduce-range.js');
      if (reduceRange ?? (await integerKernelsSaturate()))
        for (const { weights, parts } of bound) reduceWeights(weights, parts);
    }
    const runs: Run[] = [];
    for (const { graph, weights, parts } of bound) {
      const session = await createSession({ ...graph, weights, parts }, cpu, threads);
      runs.push((feeds, wanted) => session.run(feeds, [...wanted]));
    }
    discard([...new Set(bound.flatMap(({ parts }) => parts))]);
    const head = async () => {
      const model = headGraph(sizes.width / sizes.heads).encode();
      const session = await createSession({ model, weights: [], parts: [], folder: undefined }, cpu, threads);
      return (feeds: Parameters<Run>[0], wanted: Parameters<Run>[1]) => session.run(feeds, [...wanted]);
    };
    decoding = new Decoding({ ...sizes, step: runs[0], source: runs[1], head });
  },

  exit: () => process.exit(1),

  turn: (request: TurnRequest) => {
    if (!decoding) throw new TriptychError('NOT_READY', 'no session was created');
    return decoding.turn(request);
  },
});

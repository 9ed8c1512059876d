import type { MessagePort } from 'node:worker_threads';
import { serveWorker, stepBack, Transferred } from '@triptych/core';
import { type AssembleRequest, assembleWeights } from './model-directory/assemble.js';
import type { Checkpoint } from './model-directory/checkpoint.js';
import type { ConvertRequest } from './model-directory/convert.js';
import {
  type DigestRequest,
  digestTensors,
  type PlaceRequest,
  placeWeights,
} from './model-directory/place.js';
import type { InspectCall } from './model-directory/inspect-weights.js';
import type { ModelContents } from './model-directory/write-model.js';
import type { StoredTensor } from './numbers/stored-tensor.js';
import { listTensors } from './parquet/open-tensors.js';

export interface ConvertCall {
  readonly request: ConvertRequest;
  /** Gets a ConvertProgress now and then. */
  readonly progress: MessagePort;
}

/** Tensors that can be sent to a worker. */
export type WriteCall = ModelContents & { readonly tensors: readonly StoredTensor[] };

/** Nobody waits for digests but at the very end: the sessions being made meanwhile go first. */
const DIGEST_NICENESS = 15;

// parquet-wasm's memory never shrinks and a corrupt page can trap it: it lives here, and goes when the work is done.
serveWorker({
  assemble: async (request: AssembleRequest) => {
    const assembled = await assembleWeights(request);
    return new Transferred(assembled, assembled.parts);
  },
  place: async (request: PlaceRequest) => {
    const placed = await placeWeights(request);
    if (!placed) return undefined;
    const buffers = placed.parts.filter((part) => typeof part !== 'string');
    return new Transferred(placed, buffers);
  },
  digest: (request: DigestRequest) => {
    stepBack(DIGEST_NICENESS);
    return digestTensors(request);
  },
  list: (path: string) => listTensors(path),
  inspect: async (call: InspectCall) =>
    (await import('./model-directory/inspect-weights.js')).inspectWeights(call),
  write: async (contents: WriteCall) =>
    (await import('./model-directory/write-model.js')).writeModelDirectory(contents),
  checkpoint: async (checkpoint: Checkpoint) =>
    (await import('./model-directory/convert.js')).listCheckpoint(checkpoint),
  // A server that only loads has no use for what converting takes.
  convert: async ({ request, progress }: ConvertCall) => {
    const { convertCheckpoint } = await import('./model-directory/convert.js');
    try {
      return await convertCheckpoint(request, (now) => progress.postMessage(now));
    } finally {
      progress.close();
    }
  },
});

import { setImmediate } from 'node:timers/promises';
import {
  type Isolation,
  type Logger,
  type WeightPart,
  type WeightSet,
  WorkerHost,
  workerEntry,
} from '@triptych/core';
import { environmentOn, isolationOn, onCpu } from '../device/placement.js';
import type { OnnxGraph } from '../onnx/graph-builder.js';
import { bindWeights } from './bind-weights.js';
import { disableTelemetry } from './no-telemetry.js';
import {
  type CreateRequest,
  feedBuffers,
  type PartSlice,
  type RunReply,
  type RunRequest,
  type SessionSettings,
} from './protocol.js';

export interface InferenceWorkerOptions extends SessionSettings {
  readonly name: string;
  /** Where the session runs. Default: a thread. */
  readonly isolation?: Isolation | undefined;
  /** Written while the weights are being read. */
  readonly graph: () => OnnxGraph;
  /** Called for every new worker, the first and each restarted one: the buffers change threads. */
  readonly weights: () => Promise<WeightSet>;
  /** Ends the start. Default: nothing does. */
  readonly signal?: AbortSignal | undefined;
  /** Run once before the worker counts as ready, so that the first caller does not pay for it. */
  readonly warmUp?: RunRequest;
  readonly logger?: Logger;
}

/** What travels to another process at a time: both hold it twice meanwhile. */
const SLICE_BYTES = 16 * 1024 * 1024;

/**
 * One ONNX Runtime session in a worker of its own: `InferenceSession.run` blocks the thread that calls it.
 * A worker that dies is restarted; the runs it held reject with WORKER_LOST.
 */
export class InferenceWorker {
  private constructor(private readonly host: WorkerHost) {}

  static async start(options: InferenceWorkerOptions): Promise<InferenceWorker> {
    // Here, not in the worker: a thread's environment is a copy that native code does not see.
    disableTelemetry();
    const { placement = onCpu } = options;
    const { device } = placement;
    const isolation = isolationOn(device, options.isolation);
    const host = await WorkerHost.start({
      entry: workerEntry(import.meta.url, './session-worker.js'),
      name: `inference:${options.name}`,
      isolation,
      env: environmentOn(device),
      restart: true,
      isNative: true,
      signal: options.signal,
      ...(options.logger ? { logger: options.logger } : {}),
      init: async (call) => {
        const { threads, reduceRange } = options;
        // Awaited below; until then a failure must not count as unhandled.
        const reading = options.weights().then((set) => {
          set.checked?.catch(() => undefined);
          return set;
        });
        reading.catch(() => undefined);
        // The request leaves this thread before the graph keeps it busy.
        await setImmediate();
        const graph = options.graph();
        const set = await reading;
        const { parts, ...bound } = bindWeights(graph, set);
        const isProcess = isolation === 'process';
        if (isProcess) for (const slice of slices(parts)) await call('receive', slice);
        const sent = parts.map((part) => (isProcess && typeof part !== 'string' ? undefined : part));
        const request: CreateRequest = { ...bound, device, parts: sent, threads, reduceRange };
        await call('create', request, { transfer: sent.filter((part) => part instanceof ArrayBuffer) });
        await set.checked;
        await set.checkPlace?.();
        if (options.warmUp) await call('run', structuredClone(options.warmUp));
      },
    });
    return new InferenceWorker(host);
  }

  run(request: RunRequest): Promise<RunReply> {
    return this.host.call('run', request, { transfer: feedBuffers(request.feeds) });
  }

  get ready(): boolean {
    return this.host.ready;
  }

  get restarts(): number {
    return this.host.restarts;
  }

  onReadyChange(listener: (ready: boolean) => void): void {
    this.host.onReadyChange = listener;
  }

  /**
   * Ends the worker between two runs, as a crash would: what it still held is lost, and it restarts. Never in the
   * middle of one: native code that loses its thread takes the process with it.
   */
  async kill(): Promise<void> {
    await this.host.call('exit', undefined).catch(() => undefined);
  }

  close(): Promise<void> {
    return this.host.close();
  }
}

/** Buffers of weights, piece by piece. */
export function* slices(parts: readonly WeightPart[]): Generator<PartSlice> {
  for (const [part, buffer] of parts.entries()) {
    if (typeof buffer === 'string') continue;
    const { byteLength } = buffer;
    for (let byteOffset = 0; byteOffset < byteLength; byteOffset += SLICE_BYTES) {
      const length = Math.min(SLICE_BYTES, byteLength - byteOffset);
      yield { part, byteLength, byteOffset, bytes: new Uint8Array(buffer, byteOffset, length) };
    }
  }
}

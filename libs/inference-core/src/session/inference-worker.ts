import { setImmediate } from 'node:timers/promises';
import { type Logger, type WeightSet, WorkerHost, workerEntry } from '@triptych/core';
import type { OnnxGraph } from '../onnx/graph-builder.js';
import { bindWeights } from './bind-weights.js';
import type { CreateRequest, RunReply, RunRequest, SessionSettings } from './protocol.js';

export interface InferenceWorkerOptions extends SessionSettings {
  readonly name: string;
  /** Written while the weights are being read. */
  readonly graph: () => OnnxGraph;
  /** Called for every new worker, the first and each restarted one: the buffers change threads. */
  readonly weights: () => Promise<WeightSet>;
  /** Run once before the worker counts as ready, so that the first caller does not pay for it. */
  readonly warmUp?: RunRequest;
  readonly logger?: Logger;
}

/**
 * One ONNX Runtime session in a worker thread of its own: `InferenceSession.run` blocks the thread that calls it.
 * A worker that dies is restarted; the runs it held reject with WORKER_LOST.
 */
export class InferenceWorker {
  private constructor(private readonly host: WorkerHost) {}

  static async start(options: InferenceWorkerOptions): Promise<InferenceWorker> {
    const host = await WorkerHost.start({
      entry: workerEntry(import.meta.url, './session-worker.js'),
      name: `inference:${options.name}`,
      restart: true,
      ...(options.logger ? { logger: options.logger } : {}),
      init: async (call) => {
        const { threads, reduceRange } = options;
        const preparing = Promise.all([options.weights(), call('warm', undefined)]);
        // Awaited below; until then a failure must not count as unhandled.
        preparing.catch(() => undefined);
        // Both requests leave this thread before the graph keeps it busy.
        await setImmediate();
        const graph = options.graph();
        const [set] = await preparing;
        const { weights, parts } = bindWeights(graph, set);
        const request: CreateRequest = { model: graph.model, weights, parts, threads, reduceRange };
        await call('create', request, { transfer: parts });
        if (options.warmUp) await call('run', structuredClone(options.warmUp));
      },
    });
    return new InferenceWorker(host);
  }

  run(request: RunRequest): Promise<RunReply> {
    return this.host.call('run', request, {
      transfer: Object.values(request.feeds).map((feed) => feed.data),
    });
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
   * Ends the worker thread between two runs, as a crash would: what it still held is lost, and it restarts. Never in the
   * middle of one: native code that loses its thread takes the process with it.
   */
  async kill(): Promise<void> {
    await this.host.call('exit', undefined).catch(() => undefined);
  }

  close(): Promise<void> {
    return this.host.close();
  }
}

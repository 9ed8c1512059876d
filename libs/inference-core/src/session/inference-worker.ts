import { type Logger, WorkerHost, workerEntry } from '@triptych/core';
import type { CreateRequest, RunReply, RunRequest, SessionSettings } from './protocol.js';

/** A serialised ONNX model and the buffer that its external initializers point into. */
export interface Network {
  readonly model: Uint8Array;
  readonly weights: ArrayBuffer;
}

export interface InferenceWorkerOptions extends SessionSettings {
  readonly name: string;
  /** Makes the network anew for every worker: the buffer of weights changes threads with it. */
  readonly network: () => Promise<Network>;
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
        const { model, weights } = await options.network();
        const request: CreateRequest = { model, weights, threads: options.threads };
        await call('create', request, { transfer: [weights] });
        if (options.warmUp) await call('run', structuredClone(options.warmUp));
      },
    });
    return new InferenceWorker(host);
  }

  run(request: RunRequest): Promise<RunReply> {
    return this.host.call('run', request, { transfer: Object.values(request.feeds).map((feed) => feed.data) });
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

  /** Ends the worker thread as a crash would; it restarts. */
  kill(): Promise<void> {
    return this.host.kill();
  }

  close(): Promise<void> {
    return this.host.close();
  }
}

import { type Logger, WorkerHost, workerEntry } from '@triptych/core';
import type { CompareRequest, RankReply, RankRequest } from './protocol.js';

/** Comparing vectors of the shared space, in a worker thread. Calls reject with NOT_READY or WORKER_LOST. */
export class ClipEngine {
  private constructor(private readonly host: WorkerHost) {}

  static async start(logger?: Logger): Promise<ClipEngine> {
    const entry = workerEntry(import.meta.url, './engine-worker.js');
    return new ClipEngine(
      await WorkerHost.start({ entry, name: 'clip-engine', restart: true, ...(logger ? { logger } : {}) }),
    );
  }

  /** Every query against every candidate, row-major. The matrices change threads. */
  compare(request: CompareRequest): Promise<Float32Array<ArrayBuffer>> {
    return this.host.call('compare', request, { transfer: buffers(request) });
  }

  /** Each query's best candidates, best first. The matrices change threads. */
  rank(request: RankRequest): Promise<RankReply> {
    return this.host.call('rank', request, { transfer: buffers(request) });
  }

  close(): Promise<void> {
    return this.host.close();
  }
}

function buffers({ queries, candidates }: CompareRequest): ArrayBuffer[] {
  return [queries.values.buffer, candidates.values.buffer];
}

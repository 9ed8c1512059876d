import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Logger, TriptychError, workerEntry } from '@triptych/core';
import type { Metrics } from '../metrics.js';
import type { FromProbeThread, ProbeThreadData, ToProbeThread } from './messages.js';
import { SharedState } from './shared-state.js';

/** A port for probes and Prometheus. */
export interface ProbePort {
  readonly address: string;
  /** Whether calls are answered: what /readyz says from now on. */
  setReady(ready: boolean): void;
  close(): Promise<void>;
}

const BEAT_MS = 500;
const RESTART_AFTER_MS = 1000;

/**
 * Serves `/livez` (200 while the event loop turns), `/readyz` (200 while calls are answered, otherwise 503) and `/metrics` on
 * HOST:PORT, in a thread of their own: floods of that port delay no call, and a busy event loop no probe. Throws CONFIG_INVALID
 * where it cannot listen there.
 */
export async function serveProbes(listen: string, metrics: Metrics, logger: Logger): Promise<ProbePort> {
  const state = new SharedState();
  state.turned();
  const beat = setInterval(() => state.turned(), BEAT_MS).unref();
  const thread = new ProbeThread(listen, state, metrics, logger);
  const close = async () => {
    clearInterval(beat);
    await thread.close();
  };
  try {
    const address = await thread.start();
    return { address, setReady: (ready) => (state.isReady = ready), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** The thread; where it ends by itself, another takes its place. */
class ProbeThread {
  #worker: Worker | undefined;
  #closed = false;
  /** Workers that metrics are being collected for. */
  readonly #rendering = new WeakSet<Worker>();
  readonly #host: string;
  #port: number;

  constructor(
    private readonly listen: string,
    private readonly state: SharedState,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {
    const at = listen.lastIndexOf(':');
    this.#host = listen.slice(0, at).replace(/^\[|\]$/g, '');
    this.#port = Number(listen.slice(at + 1));
  }

  /** Where it listens. */
  start(): Promise<string> {
    const data: ProbeThreadData = {
      host: this.#host,
      port: this.#port,
      state: this.state.memory,
      contentType: this.metrics.registry.contentType,
    };
    const worker = new Worker(workerEntry(import.meta.url, './probe-thread.js'), {
      name: 'probes',
      workerData: data,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      let cause: unknown;
      worker.on('message', (message: FromProbeThread) => {
        if (message.kind === 'scraped') void this.#render(worker);
        else if (message.kind === 'failed') reject(this.#cannotListen(message.message));
        else {
          this.#port = message.port;
          resolve(message.address);
        }
      });
      worker.on('error', (error) => (cause = error));
      worker.once('exit', () => {
        reject(this.#cannotListen('its thread ended'));
        if (this.#worker === worker && !this.#closed) void this.#restart(cause);
      });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #cannotListen(why: string): TriptychError {
    return new TriptychError('CONFIG_INVALID', `cannot listen on ${this.listen}: ${why}`);
  }

  async #restart(cause: unknown): Promise<void> {
    this.logger.error({ worker: 'probes', err: cause, pauseMs: RESTART_AFTER_MS }, 'worker died, restarting');
    await sleep(RESTART_AFTER_MS, undefined, { ref: false });
    if (this.#closed) return;
    const before = this.#worker;
    try {
      await this.start();
    } catch (thrown) {
      this.logger.error({ worker: 'probes', err: thrown }, 'worker did not restart');
      // No thread could be had: there is none whose end would be followed by another start.
      if (this.#worker === before) return this.#restart(thrown);
      await this.#worker?.terminate();
    }
  }

  async #render(worker: Worker): Promise<void> {
    if (this.#rendering.has(worker)) return;
    this.#rendering.add(worker);
    const text = await this.metrics.text().catch(() => undefined);
    const message: ToProbeThread = { text: text === undefined ? undefined : Buffer.from(text) };
    this.#rendering.delete(worker);
    worker.postMessage(message);
  }
}

import { type AnswerLimits, type Logger, TriptychError, WorkerHost, workerEntry } from '@triptych/core';
import { LARGEST_INPUT } from '../recipe.js';
import { isReplyTo, type PrepareReply, type PrepareRequest } from '../worker/protocol.js';
import { type ProcessUsage, processUsage } from './process-usage.js';

/** Of V8's heap, which pixels are outside of: a decoder needs little of it. */
const HEAP_MB = 128;

/** The largest input of a model, or an error. */
const ANSWER_LIMITS: AnswerLimits = { headBytes: 64 * 1024, arrayBytes: 3 * LARGEST_INPUT ** 2 };

/** AVIFs that a process decodes before the next takes no longer than later ones: what is called often is compiled a second time. */
const AVIFS_TO_COMPILE = 2;

/** A process that decodes one image at a time, and may be ended at any moment. */
export class Decoder {
  /** Called when the process has ended, by itself or not. */
  onEnd: (() => void) | undefined;
  #smallAvifs = 0;

  private constructor(private readonly host: WorkerHost) {
    host.onReadyChange = (ready) => {
      if (!ready) this.onEnd?.();
    };
  }

  /** Rejects where the process does not start. */
  static async start(niceness: number, logger?: Logger): Promise<Decoder> {
    const host = await WorkerHost.start({
      entry: workerEntry(import.meta.url, '../worker/image-worker.js'),
      name: 'image decoder',
      isolation: 'process',
      memoryMb: HEAP_MB,
      answerLimits: ANSWER_LIMITS,
      niceness,
      // One image at a time is decoded, and files are read by the other thread.
      env: { UV_THREADPOOL_SIZE: '2' },
      init: (call) => call('start', undefined),
      ...(logger ? { logger } : {}),
    });
    return new Decoder(host);
  }

  get isAlive(): boolean {
    return this.host.ready;
  }

  get pid(): number | undefined {
    return this.host.pid;
  }

  /** Rejects with what the image is refused for, or WORKER_LOST when the process has ended, as one does that answers with no image. */
  async prepare(request: PrepareRequest): Promise<PrepareReply> {
    const reply = await this.host.call<unknown>('prepare', request);
    if (isReplyTo(request, reply)) return reply;
    await this.host.kill();
    throw new TriptychError('WORKER_LOST', 'its process answered with what is no image');
  }

  /** Its code for AVIF is compiled. */
  get isReadyForAvif(): boolean {
    return this.#smallAvifs >= AVIFS_TO_COMPILE;
  }

  /** A step of compiling its code for AVIF, some 0.1 s. Rejects with WORKER_LOST. */
  async prepareForAvif(): Promise<void> {
    await this.host.call('decodeSmallAvif', undefined);
    this.#smallAvifs++;
  }

  usage(): ProcessUsage | undefined {
    return this.pid === undefined ? undefined : processUsage(this.pid);
  }

  /** At once, whatever it does. What it holds is rejected. */
  async end(): Promise<void> {
    await this.host.kill();
    await this.host.close();
  }
}

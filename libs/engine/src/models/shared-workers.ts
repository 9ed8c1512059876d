import { availableParallelism } from 'node:os';
import { ClipEngine } from '@triptych/clip-engine';
import type { Logger } from '@triptych/core';
import {
  AudioPreprocessor,
  ImagePreprocessor,
  TextPreprocessor,
  type TokenizerRecipe,
} from '@triptych/preprocessing';
import type { EncoderSettings, EngineLimits, WorkerSettings } from '../settings.js';

/** Workers of one modality are of no use beyond this; each takes memory. */
const MOST_IMAGE_WORKERS = 4;

interface Closable {
  close(): Promise<void>;
}

/** The workers that prepare input and compare vectors: those that models share, each kind started when the first needs it. */
export class SharedWorkers {
  readonly #started = new Map<string, Promise<Closable>>();

  constructor(
    private readonly settings: WorkerSettings &
      Pick<EncoderSettings, 'isolation'> &
      Pick<EngineLimits, 'maxPixels'>,
    private readonly logger: Logger,
  ) {}

  audio(): Promise<AudioPreprocessor> {
    const { audioWorkers: workers, decodeTimeoutMs, isolation } = this.settings;
    const options = { workers, decodeTimeoutMs, isolation, logger: this.logger };
    return this.#once('audio', () => AudioPreprocessor.start(options));
  }

  image(): Promise<ImagePreprocessor> {
    const { imageWorkers, decodeTimeoutMs, maxPixels } = this.settings;
    const workers = imageWorkers || Math.min(MOST_IMAGE_WORKERS, availableParallelism());
    const options = { workers, decodeTimeoutMs, maxPixels, logger: this.logger };
    return this.#once('image', () => ImagePreprocessor.start(options));
  }

  /** One model's own, which it ends: a tokenizer runs the patterns that its checkpoint brings, however long they take. */
  tokenizer(name: string, tokenizer: TokenizerRecipe, signal: AbortSignal): Promise<TextPreprocessor> {
    const { tokenizeTimeoutMs: timeoutMs } = this.settings;
    const options = { name, tokenizer, timeoutMs, signal, logger: this.logger };
    return TextPreprocessor.start(options);
  }

  engine(): Promise<ClipEngine> {
    return this.#once('engine', () => ClipEngine.start(this.logger));
  }

  async close(): Promise<void> {
    const started = await Promise.allSettled([...this.#started.values()]);
    const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.all(running.map((worker) => worker.close()));
  }

  #once<T extends Closable>(name: string, start: () => Promise<T>): Promise<T> {
    const known = this.#started.get(name) as Promise<T> | undefined;
    if (known) return known;
    const starting = start();
    this.#started.set(name, starting);
    // Whatever it failed of, the next model tries again.
    starting.catch(() => this.#started.delete(name));
    return starting;
  }
}

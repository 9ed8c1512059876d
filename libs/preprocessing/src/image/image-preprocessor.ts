import { type Logger, soleCaller } from '@triptych/core';
import type { ImageSource } from '@triptych/validation';
import { decodeCost } from './decode-cost.js';
import { DecodeJob, type PrepareOptions } from './decoders/decode-job.js';
import { ImageDecoders } from './decoders/image-decoders.js';
import { type ImageRecipe, isIdentity } from './recipe.js';
import type { PreparedImage } from './worker/protocol.js';

export interface ImagePreprocessorOptions {
  /** Processes that decode images of one cost side by side. */
  readonly workers: number;
  /** Longest that decoding one image may take, in milliseconds of a core. */
  readonly decodeTimeoutMs: number;
  /** Largest image, in pixels. */
  readonly maxPixels: number;
  readonly logger?: Logger;
}

/** Decoding, resizing and cropping, in processes of their own: bytes that crash, stall or bloat a decoder do so to themselves. */
export class ImagePreprocessor {
  private constructor(
    private readonly decoders: ImageDecoders,
    private readonly maxPixels: number,
  ) {}

  static async start({
    workers,
    decodeTimeoutMs,
    maxPixels,
    logger,
  }: ImagePreprocessorOptions): Promise<ImagePreprocessor> {
    const options = { decoders: workers, timeoutMs: decodeTimeoutMs, logger };
    return new ImagePreprocessor(await ImageDecoders.start(options), maxPixels);
  }

  /**
   * One image → the model's input, in a fair order among callers. Rejects with IMAGE_* errors, DEADLINE_PASSED, DRAINING, or what
   * the signal aborts with.
   */
  async prepare(
    source: ImageSource,
    recipe: ImageRecipe,
    options: Partial<PrepareOptions> = {},
  ): Promise<PreparedImage> {
    // What is the model's input already needs no arithmetic, and no other process.
    if (source.kind === 'raw' && source.layout === 'rgb' && isIdentity(source, recipe))
      return { pixels: new Uint8Array(source.data), preprocessUs: 0 };
    const { maxPixels } = this;
    const cost = decodeCost(source, maxPixels);
    const request = {
      source,
      recipe,
      limits: { maxPixels, expectedPixels: cost.pixels, isCounted: source.kind === 'raw' },
    };
    const { caller = soleCaller(), deadline = Infinity, signal } = options;
    const job = new DecodeJob(request, cost, { caller, deadline, signal });
    this.decoders.add(job);
    return job.result;
  }

  close(): Promise<void> {
    return this.decoders.close();
  }
}

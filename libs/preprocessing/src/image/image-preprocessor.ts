import { type Logger, WorkerHost, workerEntry } from '@triptych/core';
import type { ImageSource } from '@triptych/validation';
import { imageFormat } from './decode/format.js';
import { restrictLoaders } from './decode/loaders.js';
import { type ImageRecipe, isIdentity } from './recipe.js';
import type { PreparedImage, PrepareRequest } from './worker/protocol.js';

export interface ImagePreprocessorOptions {
  readonly workers: number;
  /** Longest that decoding one image may take. */
  readonly decodeTimeoutMs: number;
  /** Largest image, in pixels. */
  readonly maxPixels: number;
  readonly logger?: Logger;
}

interface Lane {
  readonly host: WorkerHost;
  /** Images that it holds. */
  load: number;
}

/** Where images are decoded one by one, so that nobody's time limit runs while another's bytes are decoded. */
interface SerialLane {
  readonly host: WorkerHost;
  last: Promise<unknown>;
}

/** Decoding, resizing and cropping, in worker threads. */
export class ImagePreprocessor {
  private constructor(
    private readonly lanes: readonly Lane[],
    private readonly avif: SerialLane,
    private readonly options: ImagePreprocessorOptions,
  ) {}

  static async start(options: ImagePreprocessorOptions): Promise<ImagePreprocessor> {
    restrictLoaders();
    const entry = workerEntry(import.meta.url, './worker/image-worker.js');
    const logger = options.logger ? { logger: options.logger } : {};
    const start = (name: string) => WorkerHost.start({ entry, name, restart: true, ...logger });
    const [avif, ...hosts] = await Promise.all([
      start('image:avif'),
      ...Array.from({ length: options.workers }, (_, i) => start(`image-${i}`)),
    ]);
    const lanes = hosts.map((host) => ({ host, load: 0 }));
    return new ImagePreprocessor(lanes, { host: avif, last: Promise.resolve() }, options);
  }

  /** One image → the model's input. Throws IMAGE_* errors, NOT_READY, WORKER_LOST. */
  async prepare(source: ImageSource, recipe: ImageRecipe): Promise<PreparedImage> {
    // What is the model's input already needs no arithmetic, and no other thread.
    if (source.kind === 'raw' && source.layout === 'rgb' && isIdentity(source, recipe))
      return { pixels: new Uint8Array(source.data), preprocessUs: 0 };
    // A request's bytes are a view into a larger message: sending the view would clone all of it.
    const data = new Uint8Array(source.data);
    const { maxPixels, decodeTimeoutMs } = this.options;
    const limits = { maxPixels, timeoutMs: decodeTimeoutMs };
    const request: PrepareRequest = { source: { ...source, data }, recipe, limits };
    const isAvif = source.kind === 'encoded' && imageFormat(data) === 'avif';
    return isAvif ? this.#inTurn(request, data) : this.#leastLoaded(request, data);
  }

  /** AVIF is decoded by WebAssembly, which only ending its thread can interrupt: it has one of its own. */
  #inTurn(request: PrepareRequest, { buffer }: Uint8Array<ArrayBuffer>): Promise<PreparedImage> {
    const { host } = this.avif;
    const timeout = { ms: request.limits.timeoutMs, reason: 'IMAGE_DECODE_TIMEOUT' } as const;
    const options = { transfer: [buffer], timeout };
    const call = this.avif.last.then(() => host.call<PreparedImage>('prepare', request, options));
    this.avif.last = call.catch(() => undefined);
    return call;
  }

  async #leastLoaded(request: PrepareRequest, { buffer }: Uint8Array<ArrayBuffer>): Promise<PreparedImage> {
    const lane = this.lanes.reduce((least, other) => (other.load < least.load ? other : least));
    lane.load++;
    try {
      return await lane.host.call<PreparedImage>('prepare', request, { transfer: [buffer] });
    } finally {
      lane.load--;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.lanes, this.avif].map(({ host }) => host.close()));
  }
}

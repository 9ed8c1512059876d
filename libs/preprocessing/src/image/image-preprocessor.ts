import { type Logger, TriptychError, WorkerHost, workerEntry } from '@triptych/core';
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

/** Decoding, resizing and cropping, in worker threads. */
export class ImagePreprocessor {
  /** Started with the first AVIF: many a server never sees one. */
  #avif: Promise<WorkerHost> | undefined;
  /** AVIFs are decoded one by one, so that nobody's time limit runs while another's bytes are decoded. */
  #lastAvif: Promise<unknown> = Promise.resolve();
  #closed = false;

  private constructor(
    private readonly lanes: readonly Lane[],
    private readonly options: ImagePreprocessorOptions,
  ) {}

  static async start(options: ImagePreprocessorOptions): Promise<ImagePreprocessor> {
    restrictLoaders();
    const names = Array.from({ length: options.workers }, (_, i) => `image-${i}`);
    const hosts = await Promise.all(names.map((name) => startWorker(name, options)));
    return new ImagePreprocessor(
      hosts.map((host) => ({ host, load: 0 })),
      options,
    );
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
  async #inTurn(request: PrepareRequest, { buffer }: Uint8Array<ArrayBuffer>): Promise<PreparedImage> {
    if (this.#closed) throw new TriptychError('DRAINING', 'image:avif is closed');
    this.#avif ??= startWorker('image:avif', this.options);
    const starting = this.#avif;
    const timeout = { ms: request.limits.timeoutMs, reason: 'IMAGE_DECODE_TIMEOUT' } as const;
    const options = { transfer: [buffer], timeout };
    const call = this.#lastAvif.then(async () =>
      (await starting).call<PreparedImage>('prepare', request, options),
    );
    this.#lastAvif = call.catch(() => undefined);
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
    this.#closed = true;
    const avif = await this.#avif;
    await Promise.all([...this.lanes.map(({ host }) => host.close()), avif?.close()]);
  }
}

function startWorker(name: string, { logger }: ImagePreprocessorOptions): Promise<WorkerHost> {
  const entry = workerEntry(import.meta.url, './worker/image-worker.js');
  return WorkerHost.start({ entry, name, restart: true, ...(logger ? { logger } : {}) });
}

import { type Logger, WorkerHost, workerEntry } from '@triptych/core';
import type { AudioFormat, WindowPlan } from '@triptych/validation';
import type { WindowerStart } from './windower.js';
import type {
  ClipReply,
  ClipRequest,
  FinishRequest,
  PushRequest,
  StreamStart,
  WindowsReply,
} from './worker/protocol.js';

export interface AudioPreprocessorOptions {
  /** Worker threads for PCM. Containers have one more of their own: only there can bytes trap or stall a decoder. */
  readonly workers: number;
  /** Longest that decoding one piece of a container may take. */
  readonly decodeTimeoutMs: number;
  readonly logger?: Logger;
}

/** A stream bound to the worker that holds its decoder and resampler. */
export interface AudioStream {
  /** Windows that this chunk completes. The buffer changes threads. */
  push(data: Uint8Array, sequence: number, flush: boolean): Promise<WindowsReply>;
  finish(sequence: number): Promise<WindowsReply>;
  close(): void;
}

/** What PCM of no bytes makes. */
const nothing: WindowsReply = { windows: [], samples: 0, preprocessUs: 0 };

interface Lane {
  readonly host: WorkerHost;
  readonly timeoutMs: number | undefined;
  /** Clips and streams that use it. */
  load: number;
  /** Where calls have a time limit they go one by one: nobody's limit runs while another's bytes are decoded. */
  last: Promise<unknown>;
}

/** Decoding, resampling and windowing, in worker threads. */
export class AudioPreprocessor {
  #nextStream = 0;

  private constructor(
    private readonly pcm: readonly Lane[],
    private readonly containers: Lane,
  ) {}

  static async start(options: AudioPreprocessorOptions): Promise<AudioPreprocessor> {
    const lane = async (name: string, timeoutMs?: number): Promise<Lane> => {
      const entry = workerEntry(import.meta.url, './worker/audio-worker.js');
      const logger = options.logger ? { logger: options.logger } : {};
      return {
        host: await WorkerHost.start({ entry, name, restart: true, ...logger }),
        timeoutMs,
        load: 0,
        last: Promise.resolve(),
      };
    };
    const [containers, ...pcm] = await Promise.all([
      lane('audio:containers', options.decodeTimeoutMs),
      ...Array.from({ length: options.workers }, (_, i) => lane(`audio:pcm-${i}`)),
    ]);
    return new AudioPreprocessor(pcm, containers);
  }

  /** One whole clip → samples. Throws AUDIO_* errors, NOT_READY, WORKER_LOST. */
  async clip(request: ClipRequest): Promise<ClipReply> {
    const lane = this.#lane(request.format);
    lane.load++;
    try {
      return await decode<ClipReply>(lane, 'clip', request);
    } finally {
      lane.load--;
    }
  }

  /**
   * `start`: where a stream goes on that broke off. Default: at its beginning. A worker hears of it with its first bytes:
   * streams that send none cost it nothing.
   */
  open(format: AudioFormat, targetRate: number, plan: WindowPlan, start?: WindowerStart): AudioStream {
    const lane = this.#lane(format);
    const stream = this.#nextStream++;
    lane.load++;
    let [isOpened, isClosed] = [false, false];
    const first = (): StreamStart | undefined => {
      if (isOpened) return undefined;
      isOpened = true;
      return { format, targetRate, plan, start };
    };
    return {
      push: (data, sequence, flush) =>
        decode(lane, 'push', { stream, data, sequence, flush, open: first() } satisfies PushRequest),
      finish: (sequence) =>
        isOpened || start || format.encoding === 'container'
          ? decode(lane, 'finish', { stream, sequence, open: first() } satisfies FinishRequest)
          : Promise.resolve(nothing),
      close: () => {
        if (isClosed) return;
        isClosed = true;
        lane.load--;
        // A worker that has died holds nothing that needs closing.
        if (isOpened) lane.host.call('close', stream).catch(() => undefined);
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.pcm, this.containers].map((lane) => lane.host.close()));
  }

  /** Containers have their own lane; PCM goes where the least is going on. */
  #lane(format: AudioFormat): Lane {
    if (format.encoding === 'container') return this.containers;
    return this.pcm.reduce((least, lane) => (lane.load < least.load ? lane : least));
  }
}

function decode<T>(lane: Lane, method: string, argument: object): Promise<T> {
  const { host, timeoutMs } = lane;
  const { owned, transfer } = ownData(argument);
  if (timeoutMs === undefined) return host.call<T>(method, owned, { transfer });
  const timeout = { ms: timeoutMs, reason: 'AUDIO_DECODE_TIMEOUT' } as const;
  const call = lane.last.then(() => host.call<T>(method, owned, { transfer, timeout }));
  lane.last = call.catch(() => undefined);
  return call;
}

/** Bytes of a request are a view into a larger message: sending the view would clone all of it. */
function ownData(argument: object): { owned: object; transfer: ArrayBuffer[] } {
  if (!('data' in argument) || !(argument.data instanceof Uint8Array))
    return { owned: argument, transfer: [] };
  const data = new Uint8Array(argument.data);
  return { owned: { ...argument, data }, transfer: [data.buffer] };
}

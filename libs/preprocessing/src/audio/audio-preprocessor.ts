import { type Isolation, type Logger, TriptychError } from '@triptych/core';
import type { AudioFormat, WindowPlan } from '@triptych/validation';
import { DecodeJob } from './decode-job.js';
import { type DecodeOptions, DecoderLane } from './decoder-lane.js';
import { PlainClips } from './plain-clips.js';
import type { WindowerStart } from './windower.js';
import type { ClipStart, Input, PreparedWindow, StreamStart, TurnReply } from './worker/protocol.js';

export interface AudioPreprocessorOptions {
  /** Worker threads for PCM, but for {@link PlainClips}. Containers have {@link CONTAINER_LANES} of their own: only there can bytes trap or stall a decoder. */
  readonly workers: number;
  /** Longest that decoding one clip or chunk of a container may take, others' turns in between not counted. */
  readonly decodeTimeoutMs: number;
  /** Where containers are decoded. Default: in threads. */
  readonly isolation?: Isolation;
  readonly logger?: Logger;
}

export interface ClipRequest extends ClipStart {
  readonly data: Uint8Array;
}

export interface ClipReply {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly preprocessUs: number;
}

export interface WindowsReply {
  readonly windows: readonly PreparedWindow[];
  /** Everything that was handed over is used up. */
  readonly isDone: boolean;
  /** Samples of the target rate so far. */
  readonly samples: number;
  /** What these windows took. */
  readonly preprocessUs: number;
  /** Set where the audio is broken: the windows before it are whole, none comes after. */
  readonly failure?: TurnReply['failure'];
}

/** A stream bound to the worker that holds its decoder and resampler. */
export interface AudioStream {
  /** Hands over a chunk. Pull its windows until they are done, then hand over the next. */
  push(data: Uint8Array, sequence: number, flush: boolean): void;
  /** No more audio comes: the tail may be pulled. */
  finish(sequence: number): void;
  /** The next windows, at most `room`: they are made now. Rejects with CANCELLED, AUDIO_DECODE_TIMEOUT, WORKER_LOST. */
  pull(room: number): Promise<WindowsReply>;
  close(): void;
}

/** What PCM of no bytes makes. */
const nothing: WindowsReply = { windows: [], isDone: true, samples: 0, preprocessUs: 0 };

const noBytes = new Uint8Array(0);

/** More than one: whatever stalls one of them does not stall every container. */
const CONTAINER_LANES = 2;

/** A turn takes milliseconds; the first of a format compiles its decoder, on a machine that may be busy. */
const SHORTEST_HANG_MS = 2000;

/** Decoding, resampling and windowing, in workers. */
export class AudioPreprocessor {
  #nextJob = 0;
  readonly #plain = new PlainClips();

  private constructor(
    private readonly pcm: readonly DecoderLane[],
    private readonly containers: readonly DecoderLane[],
    private readonly timeoutMs: number,
  ) {}

  static async start(options: AudioPreprocessorOptions): Promise<AudioPreprocessor> {
    const { workers, decodeTimeoutMs, isolation = 'thread', logger } = options;
    const hangMs = Math.max(SHORTEST_HANG_MS, decodeTimeoutMs);
    const [pcm, containers] = await Promise.all([
      startLanes(workers, (i) => ({ name: `audio:pcm-${i}`, isolation: 'thread', logger })),
      startLanes(CONTAINER_LANES, (i) => ({ name: `audio:containers-${i}`, isolation, hangMs, logger })),
    ]);
    return new AudioPreprocessor(pcm, containers, decodeTimeoutMs);
  }

  /** One whole clip → samples. Throws AUDIO_* errors, CANCELLED, WORKER_LOST. */
  async clip({ data, ...start }: ClipRequest, options: DecodeOptions): Promise<ClipReply> {
    const started = performance.now();
    const samples = this.#plain.decode(start, data);
    if (samples) return { samples, preprocessUs: Math.round(1000 * (performance.now() - started)) };
    const job = this.#job(start, options);
    let preprocessUs = 0;
    try {
      for (let input: Input | undefined = { data, sequence: 0, flush: false, isLast: true }; ;) {
        const { clip, failure, spentUs } = await job.turn(1, input);
        input = undefined;
        preprocessUs += spentUs;
        if (failure) throw TriptychError.fromRecord(failure);
        if (clip) return { samples: whole(clip), preprocessUs };
      }
    } finally {
      job.close();
    }
  }

  /** `start`: where a stream goes on that broke off. Default: at its beginning. */
  open(
    format: AudioFormat,
    targetRate: number,
    plan: WindowPlan,
    options: DecodeOptions,
    start?: WindowerStart,
  ): AudioStream {
    const stream: StreamStart = { format, targetRate, plan, start };
    const job = this.#job(stream, options);
    let input: Input | undefined;
    return {
      push: (data, sequence, flush) => (input = { data, sequence, flush, isLast: false }),
      finish: (sequence) => (input = { data: noBytes, sequence, flush: false, isLast: true }),
      pull: async (room) => {
        if (!job.isOpen && input?.isLast && !start && format.encoding !== 'container') return nothing;
        for (let preprocessUs = 0; ;) {
          const turn = job.turn(room, input);
          input = undefined;
          const { windows, isDone, position: samples, spentUs, failure } = await turn;
          preprocessUs += spentUs;
          if (windows.length > 0 || isDone)
            return { windows: windows.map(ofItsOwn), isDone, samples, preprocessUs, failure };
        }
      },
      close: () => job.close(),
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.pcm, ...this.containers].map((lane) => lane.close()));
  }

  /** Containers have lanes of their own; in each kind, work goes where the least is going on. */
  #job(start: ClipStart | StreamStart, options: DecodeOptions): DecodeJob {
    const isContainer = start.format.encoding === 'container';
    const lanes = isContainer ? this.containers : this.pcm;
    const ready = lanes.filter(({ isReady }) => isReady);
    const lane = (ready.length > 0 ? ready : lanes).reduce((least, other) =>
      other.load < least.load ? other : least,
    );
    // What PCM comes to is bounded by its bytes.
    return new DecodeJob(lane, this.#nextJob++, start, options, isContainer ? this.timeoutMs : Infinity);
  }
}

function startLanes(
  count: number,
  options: (index: number) => Parameters<typeof DecoderLane.start>[0],
): Promise<DecoderLane[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => DecoderLane.start(options(i))));
}

function ofItsOwn(window: PreparedWindow): PreparedWindow {
  const { content } = window;
  return 'samples' in content ? { ...window, content: { samples: whole(content.samples) } } : window;
}

/** What comes from a process is a part of a message: whoever sends its buffer on would send all of that. */
function whole(samples: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  return samples.byteLength === samples.buffer.byteLength ? samples : samples.slice();
}

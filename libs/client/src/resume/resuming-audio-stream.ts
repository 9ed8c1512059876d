import { AudioEncoding, type AudioStreamResponse__Output, type AudioStreamResume } from '@triptych/protocol';
import type { LiveStream, SendOptions } from '../live-stream.js';
import { type ComparableStamp, requireSameModel } from '../same-model.js';
import { type AnsweredWindow, AudioLog, type AudioRates, type LoggedChunk } from './audio-log.js';
import type { RetryOptions } from '../retry.js';
import { Lifeline, resumed } from './resumed.js';

export interface ResumeOptions extends RetryOptions {
  /**
   * Audio that may be kept for sending it again; at least what one window takes is. Beyond it `send` waits for answers; a container, of
   * which every byte would be needed, goes on without being resumable. Default: 64 MiB.
   */
  readonly maxLogBytes?: number;
}

/** A live stream that outlives its connection, over whichever wire. */
export type ResumingStream<Answer> = Omit<LiveStream<never, Answer>, 'configure' | 'send'> & {
  send(data: Uint8Array, options?: Pick<SendOptions, 'flush'>): Promise<void>;
  /** Why it takes no more audio: what reading it throws, or that it was cancelled or is at its end. Undefined while it goes on. */
  readonly ended: Error | undefined;
};

/** A live stream that outlives its connection. */
export type ResumingAudioStream = ResumingStream<AudioStreamResponse__Output>;

/** What a stream's config says that positions depend on. */
export interface ResumableConfig {
  readonly format?: ResumableFormat | null | undefined;
}
interface ResumableFormat {
  readonly encoding?: AudioEncoding | keyof typeof AudioEncoding | undefined;
}

/** What is read of a stream's answers to go on after them. */
export interface ResumableAnswer {
  readonly ready?: ResumableReady | null | undefined;
  readonly window?:
    (AnsweredWindow & { readonly error?: { readonly reason: string } | null | undefined }) | null | undefined;
  readonly summary?: { lateWindows: number } | null | undefined;
}
interface ResumableReady {
  readonly stamp?: ComparableStamp | null | undefined;
  readonly config?:
    | {
        readonly format?:
          | { readonly encoding: number; readonly sampleRateHz: number; readonly channels: number }
          | null
          | undefined;
        readonly windowMs: number;
        readonly hopMs: number;
      }
    | null
    | undefined;
  readonly sampleRateHz: number;
}

/** The encoding whose bytes mean nothing without those before them, by number and by name. */
const containers: readonly ResumableFormat['encoding'][] = [
  AudioEncoding.AUDIO_ENCODING_CONTAINER,
  'AUDIO_ENCODING_CONTAINER',
];
/** Chunks that may wait to be sent. */
const MOST_UNSENT = 16;
const sampleBytes: Readonly<Record<number, number>> = {
  [AudioEncoding.AUDIO_ENCODING_PCM_S16LE]: 2,
  [AudioEncoding.AUDIO_ENCODING_PCM_F32LE]: 4,
  [AudioEncoding.AUDIO_ENCODING_PCM_MULAW]: 1,
};

/**
 * Streams audio and opens the stream anew, on whatever server the channel finds, where it breaks off as UNAVAILABLE:
 * a restart, a connection's age. The caller sees each window once and in order, as of one stream.
 */
export function openResumingAudioStream<Config extends ResumableConfig, Answer extends ResumableAnswer>(
  open: () => LiveStream<Config & { readonly resume?: AudioStreamResume }, Answer>,
  config: Config,
  options: ResumeOptions = {},
): ResumingStream<Answer> {
  const { maxLogBytes = 64 * 1024 * 1024 } = options;
  const log = new AudioLog();
  let unsent: LoggedChunk[] = [];
  let rates: AudioRates | undefined;
  let stamp: ComparableStamp | null | undefined;
  let [sequence, isFinished] = [0, false];
  const lifeline = new Lifeline<ReturnType<typeof open>>(() => {
    log.giveUp();
    unsent = [];
  });
  const { signal } = lifeline;
  const isContainer = containers.includes(config.format?.encoding);
  let lateWindows = 0;

  /** Whether more audio is kept than may be. */
  const isFull = (): boolean => {
    if (log.bytes <= Math.max(maxLogBytes, log.windowBytes(rates))) return false;
    if (!isContainer || !lifeline.current) return true;
    log.giveUp();
    return false;
  };

  /** Opens a stream where the last one stopped. */
  const connect = () => {
    const stream = open();
    if (rates) {
      const { resume, chunks } = log.resume(rates);
      unsent = chunks;
      stream.configure({ ...config, resume });
    } else {
      // No server has answered yet: the stream starts at its beginning.
      unsent = [...log.chunks];
      stream.configure(config);
    }
    lifeline.current = stream;
    return stream;
  };

  /** Sends what waits for as long as `stream` is the current one. */
  const pump = async (stream: ReturnType<typeof open>): Promise<void> => {
    for (let hasEnded = false; lifeline.current === stream && !lifeline.isOver;) {
      const chunk = unsent.shift();
      if (chunk) {
        await stream.send(chunk.data, { flush: chunk.flush, sequence: chunk.sequence });
        signal.change();
        continue;
      }
      if (isFinished && !hasEnded) {
        hasEnded = true;
        stream.finish();
      }
      await signal.changed;
    }
  };

  const stream = {
    get isResumable() {
      return log.isWhole;
    },
    open: () => {
      const opened = connect();
      void pump(opened);
      return opened;
    },
    take: ({ ready, window, summary }: Answer) => {
      const isFirst = rates === undefined;
      if (ready) {
        requireSameModel(stamp, ready.stamp);
        [rates, stamp] = [ratesOf(ready), ready.stamp];
      }
      if (window && rates) {
        log.answered(window, rates);
        if (window.error?.reason === 'WINDOW_LATE') lateWindows++;
        signal.change();
      }
      // The server that ends the stream knows of its own alone.
      if (summary) summary.lateWindows = lateWindows;
      return { isSeen: !ready || isFirst, isProgress: Boolean(window) };
    },
  };

  return {
    get ended() {
      return lifeline.ended;
    },
    async send(data, { flush = false } = {}) {
      if (isFinished) throw new TypeError('the stream is finished');
      // Whoever reads is told why: nothing is kept for nobody.
      if (lifeline.isOver) return;
      // A copy: the caller may use its buffer again.
      const chunk = log.add({ sequence: sequence++, data: new Uint8Array(data), flush });
      if (lifeline.current) unsent.push(chunk);
      lifeline.pushed();
      while (!lifeline.isOver && (isFull() || unsent.length > MOST_UNSENT)) await signal.changed;
    },
    finish() {
      isFinished = true;
      lifeline.pushed();
    },
    cancel: () => lifeline.end(),
    [Symbol.asyncIterator]: () => resumed(lifeline, stream, options),
  };
}

function ratesOf({ config, sampleRateHz }: ResumableReady): AudioRates {
  const { format, windowMs, hopMs } = config ?? {};
  const size = sampleBytes[format?.encoding ?? 0];
  return {
    frameBytes: size === undefined ? undefined : size * (format?.channels || 1),
    sourceRate: format?.sampleRateHz || sampleRateHz,
    modelRate: sampleRateHz,
    windowMs: windowMs ?? 0,
    hopSamples: Math.round(((hopMs ?? 0) * sampleRateHz) / 1000),
  };
}

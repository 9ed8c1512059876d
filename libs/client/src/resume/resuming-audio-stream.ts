import {
  AudioEncoding,
  type AudioStreamConfig,
  type AudioStreamReady__Output,
  type AudioStreamResponse__Output,
} from '@triptych/protocol';
import type { AudioStream, SendOptions } from '../audio-stream.js';
import { requireSameModel } from '../same-model.js';
import { AudioLog, type AudioRates, type LoggedChunk } from './audio-log.js';
import type { RetryOptions } from '../retry.js';
import { Lifeline, resumed } from './resumed.js';

export interface ResumeOptions extends RetryOptions {
  /**
   * Audio that may be kept for sending it again. Beyond it `send` waits for answers; a container, of which every byte would be needed,
   * goes on without being resumable. Default: 64 MiB.
   */
  readonly maxLogBytes?: number;
}

/** A live stream that outlives its connection. */
export type ResumingAudioStream = Omit<AudioStream, 'configure' | 'send'> & {
  send(data: Uint8Array, options?: Pick<SendOptions, 'flush'>): Promise<void>;
};

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
export function openResumingAudioStream(
  open: () => AudioStream,
  config: AudioStreamConfig,
  options: ResumeOptions = {},
): ResumingAudioStream {
  const { maxLogBytes = 64 * 1024 * 1024 } = options;
  const log = new AudioLog();
  let unsent: LoggedChunk[] = [];
  let rates: AudioRates | undefined;
  let stamp: AudioStreamReady__Output['stamp'] | undefined;
  let [sequence, isFinished] = [0, false];
  const lifeline = new Lifeline<AudioStream>();
  const { signal } = lifeline;
  const isContainer = config.format?.encoding === AudioEncoding.AUDIO_ENCODING_CONTAINER;
  let lateWindows = 0;

  /** Whether more audio is kept than may be. */
  const isFull = (): boolean => {
    if (log.bytes <= maxLogBytes) return false;
    if (!isContainer || !lifeline.current) return true;
    log.giveUp();
    return false;
  };

  /** Opens a stream where the last one stopped. */
  const connect = (): AudioStream => {
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
  const pump = async (stream: AudioStream): Promise<void> => {
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
    take: ({ ready, window, summary }: AudioStreamResponse__Output) => {
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
    async send(data, { flush = false } = {}) {
      if (isFinished) throw new TypeError('the stream is finished');
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
    cancel: lifeline.end,
    [Symbol.asyncIterator]: () => resumed(lifeline, stream, options),
  };
}

function ratesOf({ config, sampleRateHz }: AudioStreamReady__Output): AudioRates {
  const { format, hopMs } = config ?? {};
  const size = sampleBytes[format?.encoding ?? 0];
  return {
    frameBytes: size === undefined ? undefined : size * (format?.channels || 1),
    sourceRate: format?.sampleRateHz || sampleRateHz,
    modelRate: sampleRateHz,
    hopSamples: Math.round(((hopMs ?? 0) * sampleRateHz) / 1000),
  };
}

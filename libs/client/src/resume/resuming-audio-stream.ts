import { setTimeout as sleep } from 'node:timers/promises';
import {
  AudioEncoding,
  type AudioStreamConfig,
  type AudioStreamReady__Output,
  type AudioStreamResponse__Output,
} from '@triptych/protocol';
import type { AudioStream, SendOptions } from '../audio-stream.js';
import { CallError } from '../call-error.js';
import { AudioLog, type AudioRates, type LoggedChunk } from './audio-log.js';

export interface ResumeOptions {
  /** Attempts in a row without a window in between, before the stream fails. Default: 10. */
  readonly maxAttempts?: number;
  /** Wait before the second attempt; it doubles up to 5 s. Default: 100 ms. */
  readonly firstWaitMs?: number;
  /** Audio that may be kept for sending it again; beyond it `send` waits for answers. Default: 64 MiB. */
  readonly maxLogBytes?: number;
}

/** A live stream that outlives its connection. */
export type ResumingAudioStream = Omit<AudioStream, 'configure' | 'send'> & {
  send(data: Uint8Array, options?: Pick<SendOptions, 'flush'>): Promise<void>;
};

const UNAVAILABLE = 14;
/** CANCELLED, UNKNOWN, INTERNAL: what a connection or a proxy that breaks a stream off is reported as. */
const BROKEN_OFF = [1, 2, 13];
const LONGEST_WAIT_MS = 5000;
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
  const { maxAttempts = 10, firstWaitMs = 100, maxLogBytes = 64 * 1024 * 1024 } = options;
  const log = new AudioLog();
  let unsent: LoggedChunk[] = [];
  let current: AudioStream | undefined;
  let rates: AudioRates | undefined;
  let [sequence, isFinished, isOver] = [0, false, false];
  let changed = newSignal();
  const change = () => {
    const { resolve } = changed;
    changed = newSignal();
    resolve();
  };

  let lateWindows = 0;

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
    current = stream;
    return stream;
  };

  /** Sends what waits for as long as `stream` is the current one. */
  const pump = async (stream: AudioStream): Promise<void> => {
    for (let hasEnded = false; current === stream && !isOver;) {
      const chunk = unsent.shift();
      if (chunk) {
        await stream.send(chunk.data, { flush: chunk.flush, sequence: chunk.sequence });
        change();
        continue;
      }
      if (isFinished && !hasEnded) {
        hasEnded = true;
        stream.finish();
      }
      await changed.promise;
    }
  };

  /** What the caller is to see of an answer. */
  const take = (answer: AudioStreamResponse__Output): boolean => {
    if (answer.ready) {
      const isFirst = rates === undefined;
      rates = ratesOf(answer.ready);
      return isFirst;
    }
    if (answer.window && rates) {
      log.answered(answer.window, rates);
      if (answer.window.error?.reason === 'WINDOW_LATE') lateWindows++;
      change();
    }
    // The server that ends the stream knows of its own alone.
    if (answer.summary) answer.summary.lateWindows = lateWindows;
    return true;
  };

  async function* answers(): AsyncGenerator<AudioStreamResponse__Output> {
    try {
      for (let attempt = 1; ; attempt++) {
        const stream = connect();
        void pump(stream);
        try {
          for await (const answer of stream) {
            if (!take(answer)) continue;
            if (answer.window) attempt = 1;
            yield answer;
          }
          return;
        } catch (thrown) {
          if (isOver || !isPassing(thrown) || attempt >= maxAttempts) throw thrown;
          current = undefined;
          change();
          await sleep(Math.min(firstWaitMs * 2 ** (attempt - 1), LONGEST_WAIT_MS));
        }
      }
    } finally {
      isOver = true;
      current?.cancel();
      change();
    }
  }

  return {
    async send(data, { flush = false } = {}) {
      if (isFinished) throw new TypeError('the stream is finished');
      // A copy: the caller may use its buffer again.
      const chunk = log.add({ sequence: sequence++, data: Uint8Array.from(data), flush });
      if (current) unsent.push(chunk);
      change();
      while (!isOver && (unsent.length > MOST_UNSENT || log.bytes > maxLogBytes)) await changed.promise;
    },
    finish() {
      isFinished = true;
      change();
    },
    cancel() {
      isOver = true;
      current?.cancel();
      change();
    },
    [Symbol.asyncIterator]: answers,
  };
}

/** Whether a stream broke off for a reason that another attempt may not meet. What Triptych itself refuses has details. */
function isPassing(thrown: unknown): boolean {
  if (!(thrown instanceof CallError)) return false;
  return thrown.code === UNAVAILABLE || (thrown.details === undefined && BROKEN_OFF.includes(thrown.code));
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

function newSignal(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

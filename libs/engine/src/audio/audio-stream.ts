import type { PreparedWindow } from '@triptych/preprocessing';
import {
  checkAudioFormat,
  checkResume,
  checkWindow,
  type RequestedAudioFormat,
  type RequestedResume,
  type RequestedWindow,
} from '@triptych/validation';
import { TriptychError } from '@triptych/core';
import { BoundedAnswers } from '../admission/bounded-answers.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { itemFailure } from '../items/encode-items.js';
import type { ModelStamp } from '../items/stamp.js';
import { waitFor } from '../models/wait-for.js';
import { type Delivery, pumpWindows } from './pump-windows.js';
import type {
  AudioChunk,
  AudioStreamSummary,
  EncodedWindow,
  HeardItem,
  WindowPlace,
} from './streamed-audio.js';
import { type RequestedTranscription, WINDOW_COST } from '../speech/transcription-plan.js';
import {
  checkWritable,
  planWindowTranscripts,
  type WindowWriter,
  windowWriter,
} from '../speech/window-transcripts.js';
import {
  type AudioOptions,
  type AudioPlan,
  samplesCost,
  audioLane,
  audioStamp,
  encodeSamples,
  planAudio,
} from './audio-plan.js';

/** What a stream of audio is, and what is wanted of it. */
export interface AudioStreamRequest extends AudioOptions, RequestedWindow {
  /** Default: the first that takes audio. */
  readonly model?: string | undefined;
  readonly format?: RequestedAudioFormat | null | undefined;
  /** Goes on with a stream that broke off, of this engine or another. */
  readonly resume?: RequestedResume | null | undefined;
  /**
   * Windows that could not be answered so long after the chunk that completes them are not computed: each is a WINDOW_LATE in its
   * place. Default, and 0: late windows wait for their turn.
   */
  readonly maxLagMs?: number | undefined;
  /** Has what is said in each window written, too, by the frames that its vector is made of. The default model is then the first that transcribes. */
  readonly transcription?: RequestedTranscription | null | undefined;
}

/** What a stream will give. */
export interface AudioStreamReady {
  readonly stamp: ModelStamp;
  readonly plan: AudioPlan;
  /** Values of a vector. */
  readonly dimensions: number;
  readonly windowMs: number;
  readonly hopMs: number;
}

/** A stream that has been checked, and has a decoder: {@link run} or {@link close} it. */
export interface AudioStream {
  readonly ready: AudioStreamReady;
  /**
   * Encodes chunks to the end of the stream; `write` is given windows in their order, one at a time. Chunks are taken only as fast as
   * windows are computed and written. A failure is thrown once the windows before it have been written.
   */
  run(
    chunks: AsyncIterable<AudioChunk>,
    write: (window: EncodedWindow) => Promise<void>,
  ): Promise<AudioStreamSummary>;
  close(): void;
}

/** Throws MODEL_NOT_FOUND, POOLING_UNSUPPORTED, WINDOW_INVALID, AUDIO_* and other errors of what was asked for. */
export async function openAudioStream(
  parts: EngineParts,
  request: AudioStreamRequest,
  context: CallContext,
): Promise<AudioStream> {
  const { models, limits } = parts;
  const written = request.transcription && planWindowTranscripts(parts, request.model, request.transcription);
  const plan = planAudio(written?.model ?? models.serving('audio', request.model), request);
  if (written) checkWritable(plan);
  const { preprocessor, sampleRate, contextSamples, dimensions } = plan.model.audio;
  const windows = checkWindow(request, { contextMs: (1000 * contextSamples) / sampleRate, sampleRate });
  const resume = request.resume ? checkResume(request.resume) : undefined;
  const writer = written && (await windowWriter(written, context));
  const decoded = preprocessor.open(
    checkAudioFormat(request.format),
    sampleRate,
    windows,
    context,
    resume && {
      index: resume.windowIndex,
      startSample: resume.windowStartSample,
      coveredSample: resume.coveredSample,
      firstSample: resume.audioStartSample,
    },
  );
  const milliseconds = (samples: number) => Math.round((1000 * samples) / sampleRate);
  const { form, pooling } = plan.embedding;
  const { maxLagMs = 0 } = request;
  const close = () => {
    decoded.close();
    models.end();
  };
  return {
    ready: {
      stamp: audioStamp(plan),
      plan,
      dimensions: form.dimensions || dimensions(pooling),
      windowMs: milliseconds(windows.windowSamples),
      hopMs: milliseconds(windows.hopSamples),
    },
    run: async (chunks, write) => {
      const answers = new BoundedAnswers<Delivery>(limits.streamWindows, 'as-added', (deliver) => deliver());
      const encode = (window: PreparedWindow, preprocessUs: number, arrived: number) => {
        const lateAt = maxLagMs > 0 ? arrived + maxLagMs : Infinity;
        return encodeWindow({ plan, write: writer }, window, preprocessUs, context, lateAt);
      };
      try {
        const ahead = context.admission.ahead(audioLane(plan));
        return await pumpWindows(decoded, chunks, { answers, ahead, encode, write }, context, resume);
      } finally {
        close();
      }
    },
    close,
  };
}

/** What is made of windows. */
interface WindowPlan {
  readonly plan: AudioPlan;
  /** undefined: what is said in them is not asked for. */
  readonly write: WindowWriter | null | undefined;
}

/** Drops a window that could not be answered by `lateAt`, of `performance.now()`. */
async function encodeWindow(
  wanted: WindowPlan,
  { content, ...place }: PreparedWindow,
  preprocessUs: number,
  context: CallContext,
  lateAt: number,
): Promise<EncodedWindow> {
  const { plan } = wanted;
  const { validFrames } = plan.model.audio;
  const window = { ...place, validFrames: validFrames(place.endSample - place.startSample) };
  const latest = Date.now() + lateAt - performance.now();
  const deadline = Math.min(context.deadline, latest);
  try {
    if ('error' in content) throw TriptychError.fromRecord(content.error);
    const { samples } = content;
    const cost = samplesCost(plan, samples.length) + (wanted.write ? WINDOW_COST - 1 : 0);
    const result = await context.admission.item(audioLane(plan), { ...context, deadline, cost }, () =>
      encodeAndWrite(wanted, samples, { ...place, preprocessUs }, { ...context, deadline }),
    );
    return { ...window, result };
  } catch (thrown) {
    const failure = itemFailure(thrown);
    const isLate = failure.reason === 'DEADLINE_PASSED' && latest < context.deadline;
    return { ...window, result: { error: isLate ? tooLate() : failure } };
  }
}

/** One run of the encoder gives a window its vector, and the frames that what is said is written by. */
async function encodeAndWrite(
  { plan, write }: WindowPlan,
  samples: Float32Array<ArrayBuffer>,
  { preprocessUs, ...place }: WindowPlace & { readonly preprocessUs: number },
  context: CallContext,
): Promise<HeardItem> {
  const withFrames = write !== undefined && write !== null;
  const { frames, ...encoded } = await encodeSamples(plan, samples, preprocessUs, context, withFrames);
  if (!write || !frames) return encoded;
  const transcript = await untilDeadline(context, (signal) => write(frames, place, signal));
  return { ...encoded, transcript };
}

/** Runs work whose signal ends with the call, or with its deadline: then it rejects with DEADLINE_PASSED. */
async function untilDeadline<T>(context: CallContext, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  try {
    return await waitFor(work(ending.signal), context, 'what is said was written');
  } catch (thrown) {
    ending.abort(thrown);
    throw thrown;
  }
}

function tooLate(): TriptychError {
  return new TriptychError('WINDOW_LATE', 'the window would have come later than max_lag_ms; it was dropped');
}

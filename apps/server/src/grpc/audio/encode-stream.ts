import type { ServerDuplexStream } from '@grpc/grpc-js';
import { validFrames } from '@triptych/audio-encoder';
import { TriptychError } from '@triptych/core';
import type { AudioStream, PreparedWindow } from '@triptych/preprocessing';
import {
  type AudioStreamConfig,
  type AudioStreamConfig__Output,
  type AudioStreamRequest__Output,
  type AudioStreamResponse,
  type AudioWindow,
  Pooling,
} from '@triptych/protocol';
import {
  checkAudioFormat,
  checkResume,
  checkSequence,
  checkWindow,
  type RequestedResume,
} from '@triptych/validation';
import { type CallContext, messages, send } from '../call.js';
import { toItemError } from '../status.js';
import { BoundedAnswers } from '@triptych/engine';
import { inField } from '../in-field.js';
import { itemFailure } from '../items.js';
import { checkPart, readStreamConfig } from '../stream-messages.js';
import type { Metrics } from '../../observability/metrics.js';
import type { ServiceParts } from '../service-parts.js';
import { type AudioPlan, audioCost, audioStamp, encodeSamples, planAudio } from './audio-request.js';

type Call = ServerDuplexStream<AudioStreamRequest__Output, AudioStreamResponse>;
type Chunk = NonNullable<AudioStreamRequest__Output['chunk']>;

/**
 * `AudioEncoder.EncodeStream`: config → ready, then chunks → windows in order, then summary. The client is read only
 * as fast as its windows are computed and its answers are taken.
 */
export async function encodeStream(parts: ServiceParts, call: Call, context: CallContext): Promise<void> {
  const incoming = messages(call as ServerDuplexStream<AudioStreamRequest__Output, never>, context.signal);
  const config = await readStreamConfig(incoming);
  if (!config) return;
  const plan = planAudio(parts.models.serving('audio', config.model), config, 'config.');
  const { preprocessor, contextMs, config: whisper } = plan.model.audio;
  const { sampleRate } = whisper.mel;
  const windows = checkWindow(config, { contextMs, sampleRate });
  const resume = config.resume ? checkResume(config.resume) : undefined;
  const stream = preprocessor.open(
    inField('config', () => checkAudioFormat(config.format)),
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
  const write = (response: AudioStreamResponse) =>
    send(call as ServerDuplexStream<never, AudioStreamResponse>, response, context.signal);
  try {
    const milliseconds = (samples: number) => Math.round((1000 * samples) / sampleRate);
    await write(ready(plan, config, milliseconds(windows.windowSamples), milliseconds(windows.hopSamples)));
    const answers = new BoundedAnswers<AudioStreamResponse>(parts.limits.streamWindows, 'as-added', write);
    const summary = await pump(
      stream,
      incoming,
      answers,
      (window, preprocessUs, arrived) => {
        const lateAt = config.maxLagMs > 0 ? arrived + config.maxLagMs : Infinity;
        return encodeWindow(plan, window, preprocessUs, context, lateAt);
      },
      context.metrics,
      resume,
    );
    await write({ summary });
  } finally {
    stream.close();
  }
}

/** Reads chunks to the end of the stream. A failure is thrown once the windows before it have been sent. */
async function pump(
  stream: AudioStream,
  incoming: AsyncIterable<AudioStreamRequest__Output>,
  answers: BoundedAnswers<AudioStreamResponse>,
  encode: (window: PreparedWindow, preprocessUs: number, arrived: number) => Promise<AudioStreamResponse>,
  metrics: Metrics,
  resume?: RequestedResume,
): Promise<NonNullable<AudioStreamResponse['summary']>> {
  let chunks = resume?.sequence ?? 0;
  let windows = resume?.windowIndex ?? 0;
  let [samples, lateWindows] = [0, 0];
  let arrived = performance.now();
  /** Takes windows as there is room for them, until what was handed over is used up. */
  const takeAll = async () => {
    for (let isDone = false; !isDone;) {
      const reply = await stream.pull(await answers.room());
      for (const window of reply.windows) {
        windows++;
        const since = arrived;
        await answers.add(async () => {
          const preprocessUs = Math.round(reply.preprocessUs / reply.windows.length);
          const answer = await encode(window, preprocessUs, since);
          metrics.window(performance.now() - since);
          if (answer.window?.error?.reason === 'WINDOW_LATE') lateWindows++;
          return answer;
        });
      }
      if (reply.failure) throw TriptychError.fromRecord(reply.failure).within('chunk');
      ({ samples, isDone } = reply);
    }
  };
  try {
    for await (const message of incoming) {
      const chunk = checkChunk(message, chunks);
      arrived = performance.now();
      stream.push(chunk.data, chunk.sequence, chunk.flush);
      await takeAll();
      chunks++;
    }
    stream.finish(Math.max(0, chunks - 1));
    await takeAll();
  } finally {
    await answers.done();
  }
  return { windows, chunks, samples, lateWindows };
}

/** Drops a window that could not be answered by `lateAt`, of `performance.now()`. */
async function encodeWindow(
  plan: AudioPlan,
  { content, ...place }: PreparedWindow,
  preprocessUs: number,
  context: CallContext,
  lateAt: number,
): Promise<AudioStreamResponse> {
  const frames = validFrames(plan.model.audio.config, place.endSample - place.startSample);
  const window: AudioWindow = { ...place, validFrames: frames };
  const latest = Date.now() + lateAt - performance.now();
  const deadline = Math.min(context.deadline, latest);
  try {
    if ('error' in content) throw TriptychError.fromRecord(content.error);
    const { samples } = content;
    const wanted = { ...context, deadline, cost: audioCost(plan, samples.length) };
    const encoded = await context.admission.item({ model: plan.model.name, modality: 'audio' }, wanted, () =>
      encodeSamples(plan, samples, preprocessUs, { ...context, deadline }),
    );
    return { window: { ...window, ...encoded } };
  } catch (thrown) {
    const failure = itemFailure(thrown);
    const isLate = failure.reason === 'DEADLINE_PASSED' && latest < context.deadline;
    return { window: { ...window, error: toItemError(isLate ? tooLate() : failure) } };
  }
}

function tooLate(): TriptychError {
  return new TriptychError('WINDOW_LATE', 'the window would have come later than max_lag_ms; it was dropped');
}

function checkChunk(message: AudioStreamRequest__Output, expected: number): Chunk {
  const chunk = checkPart(message, 'chunk');
  checkSequence(chunk.sequence, expected);
  return chunk;
}

function ready(
  plan: AudioPlan,
  config: AudioStreamConfig__Output,
  windowMs: number,
  hopMs: number,
): AudioStreamResponse {
  const { model, context, embedding } = plan;
  const { audio } = model;
  const dimensions = embedding.form.dimensions || audio.config.width;
  const complete: AudioStreamConfig = {
    ...config,
    model: model.name,
    format: config.format && { ...config.format, channels: config.format.channels || 1 },
    windowMs,
    hopMs,
    tail: config.tail || 1,
    context: context === 'padded' ? 1 : 2,
    options: {
      pooling: poolingNumber[embedding.pooling],
      normalize: embedding.form.normalize,
      encoding: embedding.encoding as 1 | 2 | 3 | 4,
      dimensions,
    },
  };
  return {
    ready: {
      stamp: audioStamp(plan),
      config: complete,
      dimensions,
      frameMs: audio.frameMs,
      sampleRateHz: audio.config.mel.sampleRate,
    },
  };
}

const poolingNumber = {
  mean: Pooling.POOLING_MEAN,
  'mean-valid': Pooling.POOLING_MEAN_VALID,
  none: Pooling.POOLING_NONE,
} as const;

import { transcribeWindow } from '@triptych/audio-encoder';
import { decodeEmbedding, type EmbeddingBytes } from '@triptych/core';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { invalidParameter } from '../items/generated-text.js';
import type { AudioPlan } from '../audio/audio-plan.js';
import { prepareTranscription } from './prepare-transcription.js';
import { segmentsOf, textOf, type TranscribedSegment } from './segments.js';
import {
  planTranscription,
  type RequestedTranscription,
  type TranscriptionPlan,
} from './transcription-plan.js';

/** What is said in one window of a stream. */
export interface WindowTranscript {
  readonly text: string;
  /** Its code; undefined where the model knows one alone. */
  readonly language: string | undefined;
  /** Their times are from the beginning of the stream. */
  readonly segments: readonly TranscribedSegment[];
  /** `length`: it was cut at the most tokens. */
  readonly finish: 'end' | 'length';
}

/** Writes what is said in a window, by the frames [positions, width] that the encoder made of it for its vector. Rejects as decoders do. */
export type WindowWriter = (
  frames: EmbeddingBytes,
  place: { readonly startSample: number; readonly endSample: number },
  signal: AbortSignal,
) => Promise<WindowTranscript>;

const FIELD = 'transcription';

/** Throws MODALITY_NOT_SERVED, PARAMETER_INVALID or ENUM_UNKNOWN. */
export function planWindowTranscripts(
  parts: EngineParts,
  name: string | undefined,
  options: RequestedTranscription,
): TranscriptionPlan {
  if (options.conditioned)
    throw invalidParameter(
      `${FIELD}.condition_on_previous_text`,
      'each window of a stream of vectors is written by itself; a transcript that goes on from one window to the next is Transcriber.TranscribeStream',
    );
  return planTranscription(parts, name, options, FIELD);
}

/** Decoders know frames of whole contexts alone. Throws PARAMETER_INVALID. */
export function checkWritable({ context }: AudioPlan): void {
  if (context !== 'padded')
    throw invalidParameter(
      'context',
      `context is ${context}; a transcript takes a window in its whole context: expected padded, or no transcription`,
    );
}

/** Loads the decoder where no call did before. */
export async function windowWriter(plan: TranscriptionPlan, context: CallContext): Promise<WindowWriter> {
  const { options, parts, words } = await prepareTranscription(plan, context);
  const { sampleRate } = plan.model.audio;
  return async ({ bytes }, { startSample, endSample }, signal) => {
    const states = new Float32Array(decodeEmbedding(bytes, 'float32', 0));
    const samples = endSample - startSample;
    const window = await transcribeWindow(states, samples, { ...options, signal }, parts);
    const { settled } = segmentsOf(plan, words, window, samples / sampleRate);
    const segments = settled.map((segment) => laterBy(startSample / sampleRate, segment));
    return {
      text: textOf(segments),
      language: window.language,
      segments,
      finish: window.finish,
    };
  };
}

function laterBy(seconds: number, segment: TranscribedSegment): TranscribedSegment {
  const { seek, startS, endS, words } = segment;
  return {
    ...segment,
    seek: seek + Math.round(100 * seconds),
    startS: startS + seconds,
    endS: endS + seconds,
    ...(words && {
      words: words.map((word) => ({ ...word, startS: word.startS + seconds, endS: word.endS + seconds })),
    }),
  };
}

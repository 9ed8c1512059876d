import { loudestOf, transcribe } from '@triptych/audio-encoder';
import type { RequestedAudioFormat } from '@triptych/validation';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { prepareTranscription } from './prepare-transcription.js';
import { openPieces, recordingOf } from './recording.js';
import { segmentsOf, textOf, type TranscribedSegment } from './segments.js';
import {
  planTranscription,
  type RequestedTranscription,
  type TranscriptionPlan,
  WINDOW_COST,
} from './transcription-plan.js';

export interface TranscribeRequest {
  /** Default: the first that transcribes. */
  readonly model?: string | undefined;
  readonly format?: RequestedAudioFormat | null | undefined;
  /** A whole recording. */
  readonly data: Uint8Array;
  readonly options?: RequestedTranscription | undefined;
}

export interface Transcript {
  readonly model: string;
  /** Of what makes its vectors. */
  readonly fingerprint: string;
  readonly text: string;
  /** Its code; undefined where the model knows one alone. */
  readonly language: string | undefined;
  readonly durationS: number;
  readonly segments: readonly TranscribedSegment[];
  /** `length`: one of them at least was cut. */
  readonly finish: 'end' | 'length';
}

/**
 * Writes what is said in a recording (Radford et al. 2022). It is decoded as it is needed, twice where it is longer than the model's context:
 * how loud it is has to be known before. Throws PARAMETER_INVALID, TEXT_* and AUDIO_* errors.
 */
export async function transcribeRecording(
  parts: EngineParts,
  { model: name, format, data, options = {} }: TranscribeRequest,
  context: CallContext,
): Promise<Transcript> {
  const plan = planTranscription(parts, name, options);
  const { model } = plan;
  const loads = [{ model: model.name, modality: 'audio' as const, items: 1, cost: WINDOW_COST }];
  return context.admission.run({ ...context, bytes: data.length, loads }, async () => {
    const prepared = await prepareTranscription(plan, context);
    const loudest = await measured(plan, { format, data }, prepared.parts, context);
    return reading(plan, { format, data }, context, async (recording) => {
      const segments: TranscribedSegment[] = [];
      let language: string | undefined;
      const heardS = () => recording.heard / model.audio.sampleRate;
      for await (const window of transcribe(recording, { ...prepared.options, loudest }, prepared.parts)) {
        ({ language } = window);
        segments.push(...segmentsOf(plan, prepared.words, window, heardS()).settled);
      }
      return {
        model: model.name,
        fingerprint: model.fingerprint,
        text: textOf(segments),
        language,
        durationS: heardS(),
        segments,
        finish: segments.some(({ finish }) => finish === 'length') ? ('length' as const) : ('end' as const),
      };
    });
  });
}

type Audio = Pick<TranscribeRequest, 'format' | 'data'>;

async function reading<T>(
  plan: TranscriptionPlan,
  { format, data }: Audio,
  context: CallContext,
  work: (recording: ReturnType<typeof recordingOf>) => Promise<T>,
): Promise<T> {
  const stream = openPieces(plan, format, context);
  const recording = recordingOf(plan, stream, piecesOf(data));
  try {
    return await work(recording);
  } finally {
    recording.close();
    stream.close();
  }
}

/** A compressed piece may decode to ten minutes at most, a recording to as many as it likes. At least one piece. */
const PIECE_BYTES = 16 * 1024;

async function* piecesOf(data: Uint8Array) {
  let at = 0;
  do yield { data: data.subarray(at, at + PIECE_BYTES) };
  while ((at += PIECE_BYTES) < data.length);
}

/** How loud a recording is that is longer than the context; of a shorter one, its only window says. */
function measured(
  plan: TranscriptionPlan,
  audio: Audio,
  parts: Parameters<typeof loudestOf>[1],
  context: CallContext,
): Promise<number | undefined> {
  return reading(plan, audio, context, async (recording) => {
    await recording.reach(plan.model.audio.contextSamples + 1);
    return recording.ended && recording.length <= plan.model.audio.contextSamples
      ? undefined
      : loudestOf(recording, parts);
  });
}

import { transcribe } from '@triptych/audio-encoder';
import type { RequestedAudioFormat } from '@triptych/validation';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { invalidParameter } from '../items/generated-text.js';
import { prepareTranscription } from './prepare-transcription.js';
import { openPieces, recordingOf, type TranscribedChunk } from './recording.js';
import { segmentsOf, type TranscribedSegment } from './segments.js';
import { planTranscription, type RequestedTranscription } from './transcription-plan.js';

export interface TranscriptionStreamRequest {
  /** Default: the first that transcribes. */
  readonly model?: string | undefined;
  readonly format?: RequestedAudioFormat | null | undefined;
  readonly options?: RequestedTranscription | undefined;
  /** How much audio apart guesses are told before a window is full. Default, and 0: none are told. */
  readonly partialIntervalMs?: number | undefined;
}

/** More of what is said. */
export interface TranscriptUpdate {
  /** It changes no more, and comes once. */
  readonly settled: readonly TranscribedSegment[];
  /** What seems to be said after that: the next update replaces it. */
  readonly guessed: readonly TranscribedSegment[];
  readonly language: string | undefined;
}

export interface TranscriptionSummary {
  readonly durationS: number;
  /** That settled. */
  readonly segments: number;
  readonly finish: 'end' | 'length';
}

/** A stream that was checked: {@link run} or {@link close} it. */
export interface TranscriptionStream {
  readonly ready: { readonly model: string; readonly fingerprint: string };
  /** Transcribes chunks to the end of the stream; chunks are taken only as fast as they are heard and updates written. */
  run(
    chunks: AsyncIterable<TranscribedChunk>,
    write: (update: TranscriptUpdate) => Promise<void>,
  ): Promise<TranscriptionSummary>;
  close(): void;
}

const SHORTEST_INTERVAL_MS = 200;

/** Loads the decoder where no call did before. Throws MODALITY_NOT_SERVED, PARAMETER_INVALID, TEXT_* and AUDIO_* errors of what was asked for. */
export async function openTranscriptionStream(
  parts: EngineParts,
  { model: name, format, options = {}, partialIntervalMs = 0 }: TranscriptionStreamRequest,
  context: CallContext,
): Promise<TranscriptionStream> {
  const plan = planTranscription(parts, name, options);
  const { model } = plan;
  const { sampleRate, contextSamples } = model.audio;
  const longest = (1000 * contextSamples) / sampleRate;
  if (partialIntervalMs !== 0 && !(partialIntervalMs >= SHORTEST_INTERVAL_MS && partialIntervalMs <= longest))
    throw invalidParameter(
      'partial_interval_ms',
      `partial_interval_ms is ${partialIntervalMs}; expected 0, or ${SHORTEST_INTERVAL_MS} to ${longest}`,
    );
  const prepared = await prepareTranscription(plan, context);
  const decoded = openPieces(plan, format, context);
  const close = () => {
    decoded.close();
    parts.models.end();
  };
  return {
    ready: { model: model.name, fingerprint: model.fingerprint },
    run: async (chunks, write) => {
      const recording = recordingOf(plan, decoded, chunks);
      let segments = 0;
      let finish: TranscriptionSummary['finish'] = 'end';
      try {
        const guessEvery =
          partialIntervalMs > 0 ? Math.round((partialIntervalMs * sampleRate) / 1000) : undefined;
        const wanted = { ...prepared.options, guessEvery };
        for await (const window of transcribe(recording, wanted, prepared.parts)) {
          const { settled, guessed } = segmentsOf(plan, prepared.words, window, recording.heard / sampleRate);
          segments += settled.length;
          if (settled.length > 0 && window.finish === 'length') finish = 'length';
          await write({ settled, guessed, language: window.language });
        }
        return { durationS: recording.heard / sampleRate, segments, finish };
      } finally {
        recording.close();
        close();
      }
    },
    close,
  };
}

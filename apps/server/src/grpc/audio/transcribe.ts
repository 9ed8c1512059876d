import type { Engine, EngineCall, RequestedTranscription, TranscribedSegment } from '@triptych/engine';
import {
  FinishReason,
  type TranscribeRequest__Output,
  type TranscribeResponse,
  type TranscriptionOptions__Output,
  type TranscriptSegment,
} from '@triptych/protocol';
import { nameOf, speechTasks } from '../names.js';
import { textBytes } from '../text/text-bytes.js';
import { readAudioFormat } from './clips.js';

export const finishReasons = {
  end: FinishReason.FINISH_REASON_END,
  length: FinishReason.FINISH_REASON_LENGTH,
} as const;

/** `Transcriber.Transcribe` */
export async function transcribe(
  engine: Engine,
  { model, format, data, options }: TranscribeRequest__Output,
  call: EngineCall,
): Promise<TranscribeResponse> {
  const request = { model, format: readAudioFormat(format), data, options: readTranscription(options) };
  const { segments, finish, ...rest } = await engine.transcribe(request, call);
  return {
    ...rest,
    segments: segments.map((one) => segmentMessage(one, true)),
    finishReason: finishReasons[finish],
  };
}

export function readTranscription(
  options: TranscriptionOptions__Output | null | undefined,
): RequestedTranscription {
  if (!options) return {};
  const { language, task, withoutTimestamps, prompt, temperature, beams, maxTokens, withoutFallback } =
    options;
  return {
    language: language || undefined,
    task: nameOf(speechTasks, task),
    timestamps: !withoutTimestamps,
    prompt: textBytes(prompt),
    temperatures: temperature || withoutFallback ? [temperature] : undefined,
    beams: beams || undefined,
    maxTokens: maxTokens || undefined,
    conditioned: options.conditionOnPreviousText,
    seed: options.seed,
    words: options.words,
  };
}

export function segmentMessage(
  { finish, seek: _, words, ...segment }: TranscribedSegment,
  final: boolean,
): TranscriptSegment {
  const tokens = [...segment.tokens];
  return { ...segment, tokens, words: words && [...words], final, finishReason: finishReasons[finish] };
}

import type { TranscribedSegment, Transcript } from '@triptych/engine';
import { srt, vtt } from '@triptych/engine/subtitles';
import { z } from 'zod';
import { languageName } from './language-name.js';

export const transcriptFormats = ['json', 'text', 'srt', 'verbose_json', 'vtt'] as const;
export type TranscriptFormat = (typeof transcriptFormats)[number];

const usage = z.strictObject({
  type: z.literal('duration'),
  seconds: z.number().meta({ description: 'Of the recording, rounded up.' }),
});

/** `json` and `verbose_json`; a test holds the answers to it. */
export const transcriptAnswer = z.union([
  z.strictObject({ text: z.string(), usage }),
  z.strictObject({
    task: z.enum(['transcribe', 'translate']),
    language: z.string().meta({ description: 'Of the text, in English words.' }),
    duration: z.number().meta({ description: 'Seconds.' }),
    text: z.string(),
    words: z
      .array(
        z.strictObject({
          word: z.string(),
          start: z.number().meta({ description: 'Seconds.' }),
          end: z.number().meta({ description: 'Seconds.' }),
        }),
      )
      .optional()
      .meta({ description: 'Where timestamp_granularities[] has word.' }),
    segments: z
      .array(
        z.strictObject({
          id: z.number(),
          seek: z.number().meta({ description: 'Where its window begins, in hundredths of a second.' }),
          start: z.number().meta({ description: 'Seconds.' }),
          end: z.number().meta({ description: 'Seconds.' }),
          text: z.string(),
          tokens: z.array(z.number()),
          temperature: z.number(),
          avg_logprob: z.number(),
          compression_ratio: z.number(),
          no_speech_prob: z.number(),
        }),
      )
      .optional()
      .meta({ description: 'Unless timestamp_granularities[] has word alone.' }),
    finish_reason: z.enum(['end', 'length']).meta({
      description: 'length: a segment at least was cut at the most tokens. OpenAI has no such field.',
    }),
    usage,
  }),
]);
type JsonTranscript = z.infer<typeof transcriptAnswer>;

/** Media types of the answers that are no JSON. */
export const transcriptTypes = ['text/plain', 'application/x-subrip', 'text/vtt'] as const;

/** What is asked of an answer. */
export interface AnswerForm {
  readonly task: 'transcribe' | 'translate';
  readonly format: TranscriptFormat;
  /** What `verbose_json` has. */
  readonly words: boolean;
  readonly segments: boolean;
}

/** A transcript in one of OpenAI's formats. */
export function writeTranscript(
  transcript: Transcript,
  form: AnswerForm,
): { readonly type: string; readonly body: string } {
  const cues = transcript.segments;
  switch (form.format) {
    case 'json':
    case 'verbose_json':
      return { type: 'application/json', body: JSON.stringify(jsonOf(transcript, form)) };
    case 'text':
      return { type: 'text/plain; charset=utf-8', body: `${transcript.text}\n` };
    case 'srt':
      return { type: 'application/x-subrip; charset=utf-8', body: srt(cues) };
    case 'vtt':
      return { type: 'text/vtt; charset=utf-8', body: vtt(cues) };
  }
}

function jsonOf(
  { text, language = 'en', durationS, segments, finish }: Transcript,
  { task, format, words, segments: hasSegments }: AnswerForm,
): JsonTranscript {
  const usage = { type: 'duration', seconds: Math.ceil(durationS) } as const;
  if (format === 'json') return { text, usage };
  return {
    task,
    language: task === 'translate' ? 'english' : languageName(language),
    duration: durationS,
    text,
    ...(words ? { words: segments.flatMap(wordsOf) } : {}),
    ...(hasSegments ? { segments: segments.map(segmentOf) } : {}),
    finish_reason: finish,
    usage,
  };
}

/** What is nothing but space is none. */
function wordsOf({ words = [] }: TranscribedSegment) {
  return words
    .map(({ text, startS, endS }) => ({ word: text.trim(), start: startS, end: endS }))
    .filter(({ word }) => word !== '');
}

function segmentOf(segment: TranscribedSegment, id: number) {
  return {
    id,
    seek: segment.seek,
    start: segment.startS,
    end: segment.endS,
    text: segment.text,
    tokens: [...segment.tokens],
    temperature: segment.temperature,
    avg_logprob: segment.meanLogProbability,
    compression_ratio: segment.compressionRatio,
    no_speech_prob: segment.noSpeechProbability,
  };
}

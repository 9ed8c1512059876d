import {
  FinishReason,
  type TranscribeStreamResponse__Output,
  type TranscriptSegment__Output,
} from '@triptych/client';
import { srtWriter, type SubtitleWriter, vttWriter } from '@triptych/engine/subtitles';

type Answer<K extends keyof TranscribeStreamResponse__Output> = NonNullable<
  TranscribeStreamResponse__Output[K]
>;

/** What a recording came to, once all of its segments are told. */
export interface TranscriptEnd {
  readonly ready: Answer<'ready'>;
  readonly summary: Answer<'summary'>;
  /** Its code; empty where the model knows one alone. */
  readonly language: string;
}

/** Makes the text of one recording's transcript, piece by piece. */
export interface TranscriptFormat {
  begin(): string;
  segment(segment: TranscriptSegment__Output): string;
  end(end: TranscriptEnd): string;
}

/** By the name that is also what files of it end with. */
const byName = {
  txt: textLines,
  srt: () => subtitles(srtWriter()),
  vtt: () => subtitles(vttWriter()),
  json,
} as const;

export const formats = ['text', 'srt', 'vtt', 'json'] as const;
export type FormatName = (typeof formats)[number];

export const isSubtitles = (name: FormatName) => name === 'srt' || name === 'vtt';

export const extensionOf = (name: FormatName) => (name === 'text' ? 'txt' : name);

/** The format of a transcript of `source`, whose segments have words where they were asked for. */
export function formatOf(name: FormatName, source: string, hasWords = false): TranscriptFormat {
  return byName[extensionOf(name)](source, hasWords);
}

/** A line a segment. */
function textLines(): TranscriptFormat {
  return {
    begin: () => '',
    segment: ({ text }) => (text.trim() === '' ? '' : `${oneLine(text)}\n`),
    end: ({ summary }) => (isCut(summary) ? '…\n' : ''),
  };
}

/** A line for all of a recording, with its name. */
export function namedLine(source: string): TranscriptFormat {
  return {
    begin: () => `${source} `,
    segment: ({ text }) => (text.trim() === '' ? '' : ` ${oneLine(text)}`),
    end: ({ summary }) => `${isCut(summary) ? ' …' : ''}\n`,
  };
}

const oneLine = (text: string) => text.trim().replace(/\s+/g, ' ');

function subtitles({ head, cue }: SubtitleWriter): TranscriptFormat {
  return {
    begin: () => head,
    segment: (segment) => (segment.words.length > 0 ? segment.words.map(cue).join('') : cue(segment)),
    end: () => '',
  };
}

/** One JSON object, on a line. Its segments are held until all are told. */
function json(source: string, hasWords: boolean): TranscriptFormat {
  const segments: TranscriptSegment__Output[] = [];
  return {
    begin: () => '',
    segment: (segment) => {
      segments.push(segment);
      return '';
    },
    end: ({ ready, summary, language }) => {
      const object = {
        source,
        model: ready.model,
        fingerprint: ready.fingerprint,
        ...(language === '' ? {} : { language }),
        duration_s: summary.durationS,
        text: segments
          .map(({ text }) => text)
          .join('')
          .trim(),
        finish_reason: reasonOf(summary),
        segments: segments.map((segment) => segmentFields(segment, hasWords)),
      };
      return `${JSON.stringify(object)}\n`;
    },
  };
}

/** A segment in the fields of JSON. */
export function segmentFields(segment: TranscriptSegment__Output, hasWords = false) {
  return {
    start_s: segment.startS,
    end_s: segment.endS,
    text: segment.text,
    tokens: segment.tokens,
    temperature: segment.temperature,
    mean_log_probability: segment.meanLogProbability,
    compression_ratio: segment.compressionRatio,
    no_speech_probability: segment.noSpeechProbability,
    finish_reason: reasonOf(segment),
    ...(hasWords
      ? { words: segment.words.map(({ text, startS, endS }) => ({ text, start_s: startS, end_s: endS })) }
      : {}),
  };
}

type Finished = Pick<TranscriptSegment__Output, 'finishReason'>;

const isCut = ({ finishReason }: Finished) => finishReason === FinishReason.FINISH_REASON_LENGTH;

const reasonOf = (finished: Finished) => (isCut(finished) ? 'length' : 'end');

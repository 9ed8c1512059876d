import { type SpeechSegment, timedWords, type TranscribedWindow } from '@triptych/audio-encoder';
import type { PreparedTranscription } from './prepare-transcription.js';
import type { TranscriptionPlan } from './transcription-plan.js';

/** A word and when it is said, in seconds from the beginning. */
export interface TranscribedWord {
  /** As it stands in its segment's text, with the space before it. */
  readonly text: string;
  readonly startS: number;
  readonly endS: number;
}

/** Something said, and when, in seconds from the beginning. */
export interface TranscribedSegment {
  /** Where the window begins that it was heard in, in hundredths of a second. */
  readonly seek: number;
  readonly startS: number;
  readonly endS: number;
  readonly text: string;
  readonly tokens: readonly number[];
  readonly temperature: number;
  /** Mean natural logarithm of the probabilities of its window's tokens. */
  readonly meanLogProbability: number;
  readonly compressionRatio: number;
  readonly noSpeechProbability: number;
  /** `length`: its window was cut at the most tokens. */
  readonly finish: 'end' | 'length';
  /** Where they are asked for. */
  readonly words?: readonly TranscribedWord[] | undefined;
}

/**
 * A window's settled segments, and what seems to be said after them. A window is as long as the context, and filled up with silence where
 * less was heard: what would end there ends with the recording.
 */
export function segmentsOf(
  { options }: TranscriptionPlan,
  words: PreparedTranscription['words'],
  { segments, guessed, ...window }: TranscribedWindow,
  heardS: number,
): { readonly settled: TranscribedSegment[]; readonly guessed: TranscribedSegment[] } {
  const { seek, temperature, meanLogProbability, compressionRatio, noSpeech, finish } = window;
  const known = {
    seek,
    temperature,
    meanLogProbability,
    compressionRatio,
    noSpeechProbability: noSpeech,
    finish,
  };
  const read = ({ start, end, tokens }: SpeechSegment): TranscribedSegment => ({
    startS: Math.min(start, heardS),
    endS: Math.min(end, heardS),
    text: new TextDecoder().decode(words(tokens)),
    tokens,
    ...known,
  });
  // What is translated is in English.
  const language = options.task === 'translate' ? 'en' : window.language;
  const spoken = (segment: SpeechSegment) =>
    timedWords(segment, (token) => words([token]), language).map(({ text, start, end }) => ({
      text,
      startS: hundredths(Math.min(start, heardS)),
      endS: hundredths(Math.min(end, heardS)),
    }));
  const settled = segments.map((one) => (options.words ? { ...read(one), words: spoken(one) } : read(one)));
  return { settled, guessed: guessed.map(read) };
}

/** All that segments say. */
export function textOf(segments: readonly TranscribedSegment[]): string {
  return segments
    .map(({ text }) => text)
    .join('')
    .trim();
}

/** Times of words are as exact as a frame of the spectrogram. */
function hundredths(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

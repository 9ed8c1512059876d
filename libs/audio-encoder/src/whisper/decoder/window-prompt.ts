import { languageToken, type SpeechTokens } from './tokens.js';
import type { TranscriptionOptions, WritingParts } from './transcription-options.js';

/** What every window begins with: the language, the task, and whether times are wanted. */
export function firstTokens(
  language: string | undefined,
  timestamps: boolean,
  options: TranscriptionOptions,
  tokens: SpeechTokens,
): number[] {
  const first = [tokens.start];
  if (language !== undefined) first.push(languageToken(tokens, language));
  const task = options.task ?? (options.language === undefined ? undefined : 'transcribe');
  const token = task && tokens.tasks.get(task);
  if (token !== undefined) first.push(token);
  if (!timestamps) first.push(tokens.noTimestamps);
  return first;
}

/** What a window goes on from: what was said so far, or the prompt; at most half of the decoder's positions. */
export function previousTokens(
  said: readonly (readonly number[])[],
  isConditioned: boolean,
  { prompt }: TranscriptionOptions,
  { tokens, decoder }: WritingParts,
): number[] {
  const begin = tokens.previous === undefined ? [] : [tokens.previous];
  const most = Math.floor(decoder.positions / 2) - 1;
  if (isConditioned && said.length > 0) {
    const all = said.flatMap((segment) => {
      const isTwice = segment.length > 2 && segment[segment.length - 2] >= tokens.firstTimestamp;
      return isTwice ? segment.slice(0, -1) : segment;
    });
    return [...begin, ...all.slice(-most)];
  }
  return prompt ? [...begin, ...prompt.slice(-most)] : [];
}

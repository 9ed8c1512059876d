import type { TriptychError } from '@triptych/core';
import {
  AudioContext,
  AudioEncoding,
  EmbeddingEncoding,
  PixelFormat,
  Pooling,
  poolingNumbers,
  TailPolicy,
} from '@triptych/protocol';
import { clip, publicMessage } from '../calls/public-error.js';
import { audioContexts, audioEncodings, embeddingEncodings, pixelFormats, tails } from './names.js';

type Numbers = Readonly<Record<string, number>>;

/** Enums by the ends of the fields that have them: numbers by the engine's words, and by the API's names. */
const enums: Readonly<Record<string, readonly [Numbers, Numbers]>> = {
  'options.pooling': [poolingNumbers, Pooling],
  'options.encoding': [embeddingEncodings, EmbeddingEncoding],
  'format.encoding': [audioEncodings, AudioEncoding],
  'raw.format': [pixelFormats, PixelFormat],
  context: [audioContexts, AudioContext],
  tail: [tails, TailPolicy],
};

/** What a client of this API reads of a failure: an enum's names where the engine's message has words of its own. */
export function apiMessage(error: TriptychError): string {
  const { choice, field = '' } = error;
  const of = Object.keys(enums).find((end) => field === end || field.endsWith(`.${end}`));
  if (!choice || of === undefined) return publicMessage(error);
  const [numbers, names] = enums[of];
  // A word that is none of the engine's is a number of the request that no name stands for.
  const named = (word: string) => Object.keys(names).find((name) => names[name] === numbers[word]) ?? word;
  const found = choice.found === undefined ? 'is not set' : `is ${named(choice.found)}`;
  return clip(`${of} ${found}; expected one of ${choice.expected.map(named).join(', ')}`);
}

import { type JsonObject, parseFile, TriptychError } from '@triptych/core';
import type { DecoderNetwork } from '@triptych/inference-core';
import type { TokenizerRecipe } from '@triptych/preprocessing';
import { readWhisperConfig, type WhisperConfig } from '../config.js';
import { readAlignment } from './alignment-heads.js';
import { whisperDecoder } from './config.js';
import { readSpeechTokens, type SpeechTokens } from './tokens.js';

/** What writes what is said: a decoder of the frames that the audio tower makes of a window (pooling `none`). */
export interface SpeechDecoder {
  readonly config: WhisperConfig;
  readonly network: DecoderNetwork;
  readonly tokens: SpeechTokens;
  /** How a prompt becomes ids, without any around it, and how tokens become words. */
  readonly tokenizer: () => TokenizerRecipe;
  /** Those of the tokens that stand for words. */
  readonly spoken: (tokens: readonly number[]) => number[];
}

/** Text files of a checkpoint that its decoder takes. */
const GENERATION = 'generation_config.json';
const TOKENIZER = 'tokenizer.json';
const TOKENIZER_CONFIG = 'tokenizer_config.json';
export const whisperDecoderFiles: readonly string[] = [GENERATION, TOKENIZER, TOKENIZER_CONFIG];

/** The decoder of a Whisper checkpoint. Throws WEIGHTS_MISSING without its files, or MODEL_CONFIG naming every bad field. */
export function whisperSpeech(
  json: JsonObject,
  preprocessor: JsonObject | undefined,
  files: Readonly<Record<string, string>>,
): SpeechDecoder {
  const { [GENERATION]: generation, [TOKENIZER]: tokenizer } = files;
  if (generation === undefined || tokenizer === undefined) {
    const missing = generation === undefined ? GENERATION : TOKENIZER;
    throw new TriptychError('WEIGHTS_MISSING', `${missing} is missing, which transcribing takes`);
  }
  const plain = whisperDecoder(json);
  const generationConfig = parseFile(generation, GENERATION) as JsonObject;
  const network = { ...plain, alignment: readAlignment(generationConfig, json, plain) };
  const { vocabulary } = network.config;
  const tokens = readSpeechTokens(generationConfig, vocabulary);
  const { start, end, previous, languages, tasks, noTimestamps, noSpeech, firstTimestamp } = tokens;
  const silent = new Set([
    start,
    end,
    previous,
    noTimestamps,
    noSpeech,
    ...languages.values(),
    ...tasks.values(),
  ]);
  return {
    config: readWhisperConfig(json, preprocessor),
    network,
    tokens,
    tokenizer: () => ({
      json: tokenizer,
      config: files[TOKENIZER_CONFIG],
      // A prompt has tokens of its own before it, which the model's other tasks have not.
      frame: 'none',
      vocabulary,
      hasWords: true,
    }),
    spoken: (ids) => ids.filter((id) => id < firstTimestamp && !silent.has(id)),
  };
}

import { deflateSync } from 'node:zlib';
import type { Caller } from '@triptych/core';
import type { DecoderSource, Decoder, Generated, Generation } from '@triptych/inference-core';
import { CONV_STRIDE, type WhisperConfig } from '../config.js';
import { segmentsOf, type SpeechSegment } from './segments.js';
import { languageToken, type SpeechTask, type SpeechTokens } from './tokens.js';
import { spectrogramFrames, windowSamples } from './window.js';

export interface TranscriptionOptions {
  /** Its code, as in `en`. Default: it is detected. */
  readonly language?: string | undefined;
  readonly task?: SpeechTask | undefined;
  /** Default: one text for each window. Recordings longer than the context have them in any case. */
  readonly timestamps: boolean;
  /** Tokens of a text to go on from, without the one that begins it. */
  readonly prompt?: readonly number[] | undefined;
  /** Beams of a search; 1: greedy. */
  readonly beams: number;
  /** Tried one after the other while a result is unlikely or repeats itself: 0 searches, others draw by chance. */
  readonly temperatures: readonly number[];
  readonly seed: number;
  /** Above it, tokens repeat themselves. */
  readonly maxCompressionRatio?: number | undefined;
  /** Below it, a result is unlikely. */
  readonly minLogProbability?: number | undefined;
  /** Above it, an unlikely result is silence. */
  readonly maxNoSpeech?: number | undefined;
  /** Whether what was said before is what a window goes on from. */
  readonly conditioned: boolean;
  /** Of one window. Default: as many as the decoder has positions. */
  readonly maxNewTokens?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly caller?: Caller | undefined;
}

/** What is known of a window when its segments are. */
export interface TranscribedWindow {
  readonly segments: readonly SpeechSegment[];
  readonly language: string | undefined;
  readonly temperature: number;
  readonly meanLogProbability: number;
  readonly compressionRatio: number;
  readonly noSpeech: number;
  /** `length`: what was said was longer than the decoder's limit. */
  readonly finish: Generated['finish'];
}

/** What a transcription is computed with. */
export interface TranscriptionParts {
  readonly config: WhisperConfig;
  readonly tokens: SpeechTokens;
  readonly decoder: Decoder;
  /** A window's frames [positions, width]. */
  readonly encode: (
    samples: Float32Array<ArrayBuffer>,
    loudest: number,
  ) => Promise<Float32Array<ArrayBuffer>>;
  /** Largest log-mel energy of samples that hold their edges. */
  readonly loudest: (samples: Float32Array<ArrayBuffer>) => Promise<number>;
}

/** From here on, a result is too much chance to go on from. */
const LOW_TEMPERATURE = 0.5;

/**
 * What is said in a recording, window by window, by the sequential algorithm of transformers' `WhisperForConditionalGeneration.generate`:
 * each window begins where the last whole segment ended. `recording`: mono at the model's rate, at least one hop.
 */
export async function* transcribe(
  recording: Float32Array,
  options: TranscriptionOptions,
  parts: TranscriptionParts,
): AsyncGenerator<TranscribedWindow> {
  const { config, tokens, decoder } = parts;
  const { mel, positions } = config;
  const context = positions * CONV_STRIDE;
  const isLong = spectrogramFrames(recording.length, mel) > context;
  const whole = isLong ? recording : padded(recording, context * mel.hop);
  const total = spectrogramFrames(whole.length, mel);
  const timestamps = options.timestamps || isLong;
  const loudest = await loudestOf(whole, total, context, parts);
  const said: (readonly number[])[] = options.prompt ? [options.prompt] : [];
  let isConditioned = options.conditioned;
  let language = options.language;
  let begin: readonly number[] | undefined;

  for (let seek = 0; seek < total;) {
    const frames = Math.min(context, total - seek);
    const states = await parts.encode(windowSamples(whole, seek, frames, mel), loudest);
    const { beams, signal, caller } = options;
    const source = await decoder.open(states, { beams, signal, caller });
    try {
      language ??= await detectLanguage(source, tokens, signal);
      begin ??= firstTokens(language, timestamps, options, tokens);
      const before = previousTokens(said, isConditioned, options, parts);
      const result = await withFallback(
        source,
        [...before, ...begin],
        before.length,
        timestamps,
        options,
        parts,
      );
      isConditioned = options.conditioned && result.temperature < LOW_TEMPERATURE;
      const { generated, isSilent, ...known } = result;
      const text = generated.tokens.at(-1) === tokens.end ? generated.tokens.slice(0, -1) : generated.tokens;
      const cut = segmentsOf(text, { seek, frames }, tokens);
      const segments = isSilent ? [] : cut.segments;
      for (const segment of segments) said.push(segment.tokens);
      seek += isSilent || cut.advance <= 0 ? frames : cut.advance;
      const { meanLogProbability, finish } = generated;
      yield { segments, language, meanLogProbability, finish, ...known };
    } finally {
      source.close();
    }
  }
}

function padded(samples: Float32Array, length: number): Float32Array {
  const all = new Float32Array(length);
  all.set(samples.subarray(0, length));
  return all;
}

async function loudestOf(
  samples: Float32Array,
  total: number,
  context: number,
  { config: { mel }, loudest }: TranscriptionParts,
): Promise<number> {
  let most = -Infinity;
  for (let first = 0; first < total; first += context) {
    const window = windowSamples(samples, first, Math.min(context, total - first), mel);
    most = Math.max(most, await loudest(window));
  }
  return most;
}

/** The likeliest language; undefined where the model knows one alone. */
async function detectLanguage(
  source: DecoderSource,
  { languages, start, end }: SpeechTokens,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (languages.size === 0) return undefined;
  const wanted = [...languages];
  const { probes } = await source.generate(
    {
      prompt: [start],
      maxTokens: 1,
      end,
      rules: { suppressed: [], suppressedFirst: [] },
      search: { kind: 'greedy' },
      probes: [{ at: 0, tokens: wanted.map(([, token]) => token), among: 'these' }],
    },
    { signal },
  );
  return wanted[probes[0].indexOf(Math.max(...probes[0]))][0];
}

function firstTokens(
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
function previousTokens(
  said: readonly (readonly number[])[],
  isConditioned: boolean,
  { prompt }: TranscriptionOptions,
  { tokens, decoder }: TranscriptionParts,
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

interface FallbackResult {
  readonly generated: Generated;
  readonly temperature: number;
  readonly compressionRatio: number;
  readonly noSpeech: number;
  readonly isSilent: boolean;
}

/** Tries one temperature after the other until a result is likely enough and does not repeat itself. */
async function withFallback(
  source: DecoderSource,
  prompt: readonly number[],
  startAt: number,
  timestamps: boolean,
  options: TranscriptionOptions,
  { tokens, decoder }: TranscriptionParts,
): Promise<FallbackResult> {
  const { temperatures, maxNewTokens, beams, seed, signal } = options;
  const { maxCompressionRatio = Infinity, minLogProbability = -Infinity, maxNoSpeech } = options;
  const { firstTimestamp: begin, noTimestamps: none, maxFirstTimestamp: maxFirst } = tokens;
  let result: FallbackResult | undefined;
  for (const [attempt, temperature] of temperatures.entries()) {
    const generation: Generation = {
      prompt,
      end: tokens.end,
      maxTokens: Math.min(decoder.positions, prompt.length + (maxNewTokens ?? decoder.positions)),
      rules: {
        suppressed: tokens.suppressed,
        suppressedFirst: tokens.suppressedFirst,
        ...(timestamps ? { timestamps: { begin, none, maxFirst } } : {}),
      },
      search:
        temperature > 0
          ? { kind: 'sample', temperature, topK: tokens.topK, seed: seed + attempt }
          : beams > 1
            ? { kind: 'beam', lengthPenalty: 1, earlyStopping: false }
            : { kind: 'greedy' },
      probes: [{ at: startAt, tokens: [tokens.noSpeech], among: 'all' }],
    };
    const generated = await source.generate(generation, { signal });
    const compressionRatio = compression(generated.tokens, decoder.vocabulary);
    const isUnlikely = generated.meanLogProbability < minLogProbability;
    const [noSpeech] = generated.probes[0];
    const isSilent = maxNoSpeech !== undefined && isUnlikely && noSpeech > maxNoSpeech;
    result = { generated, temperature, compressionRatio, noSpeech, isSilent };
    if (isSilent || (!isUnlikely && compressionRatio <= maxCompressionRatio)) break;
  }
  if (!result) throw new RangeError('no temperature is given');
  return result;
}

/** Bytes of the tokens ÷ their bytes by zlib. */
function compression(tokens: readonly number[], vocabulary: number): number {
  const size = Math.trunc(Math.log2(vocabulary) / 8) + 1;
  const bytes = Buffer.alloc(tokens.length * size);
  tokens.forEach((token, i) => bytes.writeUIntLE(token, i * size, size));
  return bytes.length / deflateSync(bytes).length;
}

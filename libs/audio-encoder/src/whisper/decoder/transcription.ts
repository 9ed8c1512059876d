import { deflateSync } from 'node:zlib';
import type { Caller } from '@triptych/core';
import type { DecoderSource, Decoder, Generated, Generation } from '@triptych/inference-core';
import { CONV_STRIDE, type WhisperConfig } from '../config.js';
import type { Recording } from './recording.js';
import { segmentsOf, type SpeechSegment, type WindowSegments } from './segments.js';
import { languageToken, type SpeechTask, type SpeechTokens } from './tokens.js';
import { samplesUpTo, spectrogramFrames, windowSamples } from './window.js';

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
  /**
   * What is said is told before a window is full, each time so many more samples have come. What two such guesses agree on is settled.
   * Default: what is said is told once, window by window.
   */
  readonly guessEvery?: number | undefined;
  /** Whether tokens of what is settled have times. Of decoders whose network knows heads that align. Default: no. */
  readonly tokenTimes?: boolean | undefined;
  /** Largest log-mel energy of the whole recording, where that is known. Default: that of what has been heard so far. */
  readonly loudest?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly caller?: Caller | undefined;
}

/** What is known of a window when its segments are. */
export interface TranscribedWindow {
  /** The frame of the spectrogram that it begins at. */
  readonly seek: number;
  /** Settled. */
  readonly segments: readonly SpeechSegment[];
  /** What seems to be said after them: what comes next replaces it. Empty unless guesses are asked for. */
  readonly guessed: readonly SpeechSegment[];
  readonly language: string | undefined;
  readonly temperature: number;
  readonly meanLogProbability: number;
  readonly compressionRatio: number;
  readonly noSpeech: number;
  /** `length`: what was said was longer than the decoder's limit. */
  readonly finish: Generated['finish'];
}

/** What writes what is said in frames. */
export interface WritingParts {
  readonly config: WhisperConfig;
  readonly tokens: SpeechTokens;
  readonly decoder: Decoder;
}

/** What a transcription is computed with. */
export interface TranscriptionParts extends WritingParts {
  /** A window's frames [positions, width]. */
  readonly encode: (
    samples: Float32Array<ArrayBuffer>,
    loudest: number,
  ) => Promise<Float32Array<ArrayBuffer>>;
  /** Largest log-mel energy of samples that hold their edges. */
  readonly loudest: (samples: Float32Array<ArrayBuffer>) => Promise<number>;
  /** Runs the work of one window when its turn has come. Default: at once. */
  readonly inTurn?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
}

/** From here on, a result is too much chance to go on from. */
const LOW_TEMPERATURE = 0.5;

/**
 * What is said in a recording, window by window, by the sequential algorithm of transformers' `WhisperForConditionalGeneration.generate`:
 * each window begins where the last whole segment ended. `recording`: mono at the model's rate, at least one hop. Guesses settle as
 * two that follow each other agree (LocalAgreement, Liu et al. 2020), at the end of a segment.
 */
export async function* transcribe(
  recording: Recording,
  options: TranscriptionOptions,
  parts: TranscriptionParts,
): AsyncGenerator<TranscribedWindow> {
  const { inTurn = (work) => work() } = parts;
  const { mel, positions } = parts.config;
  const context = positions * CONV_STRIDE;
  const { guessEvery = Infinity } = options;
  const state = new Transcription(options, parts);
  let guess: readonly SpeechSegment[] = [];
  let tried = 0;
  let { loudest = -Infinity } = options;
  const encode = async (seek: number, frames: number) => {
    const samples = windowSamples(recording, seek, frames, mel);
    // The buffer changes threads.
    if (options.loudest === undefined) loudest = Math.max(loudest, await parts.loudest(samples.slice()));
    return parts.encode(samples, loudest);
  };
  for (let seek = 0; ;) {
    const full = samplesUpTo(seek + context, mel);
    await recording.reach(Math.min(full, Math.max(tried, seek * mel.hop) + guessEvery));
    const isShort = recording.ended && seek === 0 && recording.length <= context * mel.hop;
    if (isShort) recording.pad(context * mel.hop);
    const isWhole = recording.ended || recording.length >= full;
    const frames = Math.min(context, spectrogramFrames(recording.length, mel) - seek);
    if (frames <= 0) {
      if (recording.ended) return;
      tried = recording.length;
      continue;
    }
    // Guesses settle at timestamps.
    const timestamps = options.timestamps || guessEvery < Infinity || !isShort;
    const heard = await inTurn(async () => {
      const reach = reachOf(recording, seek, frames, parts.config);
      return state.hear(await encode(seek, frames), { seek, frames, timestamps, isWhole, reach });
    });
    const { cut, isSilent, known } = heard;
    if (isWhole) {
      const segments = isSilent ? [] : cut.segments;
      state.said(segments);
      seek += isSilent || cut.advance <= 0 ? frames : cut.advance;
      guess = [];
      yield { segments, guessed: [], ...known };
    } else {
      const all = isSilent ? [] : [...cut.segments, ...(cut.open ? [cut.open] : [])];
      const agreed = isSilent ? 0 : agreement(guess, all, cut.closed, parts.tokens);
      const segments = all.slice(0, agreed);
      state.said(segments);
      guess = all.slice(agreed);
      const last = segments.at(-1);
      if (last) seek = Math.max(seek, Math.round((last.end * mel.sampleRate) / mel.hop));
      yield { segments, guessed: guess, ...known };
    }
    tried = recording.length;
    recording.forget(seek * mel.hop - mel.window);
    // A short recording is all in one window, unless a timestamp ends that earlier.
    if (recording.ended && seek >= spectrogramFrames(recording.length, mel)) return;
  }
}

/**
 * What is said in a window of so many `samples` by itself, of which the encoder's `states` of its padded context are known already; their buffer changes threads. What
 * no timestamp ends is a segment, too: the window is heard once.
 */
export async function transcribeWindow(
  states: Float32Array<ArrayBuffer>,
  samples: number,
  options: TranscriptionOptions,
  parts: WritingParts,
): Promise<TranscribedWindow> {
  const { timestamps } = options;
  const { mel, positions } = parts.config;
  const frames = positions * CONV_STRIDE;
  const heard = { heard: samples, length: frames * mel.hop };
  const place = {
    seek: 0,
    frames,
    timestamps,
    isWhole: true,
    reach: reachOf(heard, 0, frames, parts.config),
  };
  const state = new Transcription(options, parts);
  const { cut, isSilent, known } = await state.hear(states, place);
  const segments = isSilent ? [] : [...cut.segments, ...(cut.open ? [cut.open] : [])];
  return { segments, guessed: [], ...known };
}

/** How many of the segments are closed, and were said in the guess before. */
function agreement(
  before: readonly SpeechSegment[],
  now: readonly SpeechSegment[],
  closed: number,
  { firstTimestamp }: SpeechTokens,
): number {
  const words = ({ tokens }: SpeechSegment) => tokens.filter((token) => token < firstTimestamp).join();
  let agreed = 0;
  while (agreed < Math.min(closed, before.length) && words(before[agreed]) === words(now[agreed])) agreed++;
  return agreed;
}

/** The largest log-mel energy of a recording, which is read to its end. */
export async function loudestOf(recording: Recording, parts: TranscriptionParts): Promise<number> {
  const { mel, positions } = parts.config;
  const context = positions * CONV_STRIDE;
  let most = -Infinity;
  for (let first = 0; ; first += context) {
    await recording.reach(samplesUpTo(first + context, mel));
    const frames = Math.min(context, spectrogramFrames(recording.length, mel) - first);
    if (frames <= 0) return most;
    most = Math.max(most, await parts.loudest(windowSamples(recording, first, frames, mel)));
    recording.forget((first + frames) * mel.hop - mel.window);
  }
}

/** What a transcription knows from one window to the next. */
class Transcription {
  #said: (readonly number[])[];
  #isConditioned: boolean;
  #language: string | undefined;
  #begin: readonly number[] | undefined;

  constructor(
    private readonly options: TranscriptionOptions,
    private readonly parts: WritingParts,
  ) {
    const { prompt, conditioned, language } = options;
    this.#said = prompt ? [prompt] : [];
    this.#isConditioned = conditioned;
    this.#language = language;
  }

  /** What is said in a window of so many frames of the spectrogram from `seek` on, by the encoder's `states` of it, whose buffer changes threads. */
  async hear(
    states: Float32Array<ArrayBuffer>,
    {
      seek,
      frames,
      timestamps,
      isWhole,
      reach,
    }: {
      readonly seek: number;
      readonly frames: number;
      readonly timestamps: boolean;
      /** More audio does not change what is said. */
      readonly isWhole: boolean;
      /** Vectors of the window that hold what was heard. */
      readonly reach: number;
    },
  ): Promise<{
    readonly cut: WindowSegments;
    readonly isSilent: boolean;
    readonly known: Omit<TranscribedWindow, 'segments' | 'guessed'>;
  }> {
    const { options, parts } = this;
    const { tokens, decoder } = parts;
    const { beams, signal, caller } = options;
    const source = await decoder.open(states, { beams, signal, caller });
    try {
      this.#language ??= await detectLanguage(source, tokens, signal);
      this.#begin ??= firstTokens(this.#language, timestamps, options, tokens);
      const before = previousTokens(this.#said, this.#isConditioned, options, parts);
      const prompt = [...before, ...this.#begin];
      const result = await withFallback(source, prompt, before.length, timestamps, options, parts);
      this.#isConditioned = options.conditioned && result.temperature < LOW_TEMPERATURE;
      const { generated, isSilent, ...known } = result;
      const text = generated.tokens.at(-1) === tokens.end ? generated.tokens.slice(0, -1) : generated.tokens;
      const { meanLogProbability, finish } = generated;
      const cut = segmentsOf(text, { seek, frames }, tokens);
      const maySettle = !isSilent && (isWhole || cut.closed > 0);
      const steps =
        options.tokenTimes && maySettle
          ? await tokenEnds(source, prompt, generated, reach, signal)
          : undefined;
      return {
        cut: steps ? segmentsOf(text, { seek, frames, steps }, tokens) : cut,
        isSilent,
        known: { seek, language: this.#language, meanLogProbability, finish, ...known },
      };
    } finally {
      source.close();
    }
  }

  /** As much as a window may go on from is kept. */
  said(segments: readonly SpeechSegment[]): void {
    for (const { tokens } of segments) this.#said.push(tokens);
    let kept = 0;
    const from = this.#said.findLastIndex(({ length }) => (kept += length) > this.parts.decoder.positions);
    if (from > 0) this.#said = this.#said.slice(from);
  }
}

/** Vectors of a window that hold what was heard: the reference counts a hop that has begun, where silence follows it. */
function reachOf(
  recording: Pick<Recording, 'heard' | 'length'>,
  seek: number,
  frames: number,
  { mel }: WhisperConfig,
): number {
  const heard = recording.heard < recording.length ? Math.ceil(recording.heard / mel.hop) - seek : frames;
  return Math.max(1, Math.floor(Math.min(heard, frames) / CONV_STRIDE));
}

/**
 * When each of the tokens ends, in vectors from the window's start: when the decoder, having heard it, looks for the next one, as transformers'
 * `return_token_timestamps` has it. The last one is followed by none, and ends with the one before it.
 */
async function tokenEnds(
  source: DecoderSource,
  prompt: readonly number[],
  { tokens }: Generated,
  reach: number,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const read = [...prompt, ...tokens.slice(0, -1)];
  const { alignment = [] } = await source.generate(
    {
      prompt: read,
      maxTokens: read.length,
      end: tokens[tokens.length - 1],
      rules: { suppressed: [], suppressedFirst: [] },
      search: { kind: 'greedy' },
      probes: [],
      align: { from: prompt.length, reach },
    },
    { signal },
  );
  return [...alignment, alignment.at(-1) ?? 0];
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
  { tokens, decoder }: WritingParts,
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

import {
  languageToken,
  Recording,
  type SpeechSegment,
  type SpeechTask,
  timedWords,
  type TranscribedWindow,
  type TranscriptionOptions,
  type TranscriptionParts,
} from '@triptych/audio-encoder';
import { decodeEmbedding, TriptychError } from '@triptych/core';
import type { AudioStream as DecodedStream } from '@triptych/preprocessing';
import {
  checkAudioFormat,
  checkLongEnough,
  checkName,
  checkSequence,
  checkText,
  type RequestedAudioFormat,
} from '@triptych/validation';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { encodePrepared } from '../items/encode-prepared.js';
import { checkWhole, invalidParameter, MOST_BEAMS } from '../items/generated-text.js';
import { inField, inFieldAsync } from '../items/in-field.js';
import type { Serving } from '../models/served-model.js';

/** How what is said is to be written. */
export interface RequestedTranscription {
  /** Its code, as in `en`. Default: it is detected. */
  readonly language?: string | undefined;
  /** `transcribe`, or `translate` into English. Default: `transcribe`. */
  readonly task?: string | undefined;
  /** Default: true. Without, a recording that fits into the model's context is one segment. */
  readonly timestamps?: boolean | undefined;
  /** What the text goes on from, or its bytes in UTF-8. */
  readonly prompt?: string | Uint8Array | undefined;
  /** Tried one after the other while what is written is unlikely or repeats itself. Default: 0, 0.2, 0.4, 0.6, 0.8, 1. */
  readonly temperatures?: readonly number[] | undefined;
  /** Sequences that are searched side by side, up to 8. Default: 1, greedily. */
  readonly beams?: number | undefined;
  /** The most tokens of one window. Default: as many as the decoder has positions. */
  readonly maxTokens?: number | undefined;
  /** Whether each window goes on from what was said before it. Default: no. */
  readonly conditioned?: boolean | undefined;
  /** Of what is drawn by chance. Default: 0. */
  readonly seed?: number | undefined;
  /** Whether settled segments have their words, with times. Of models that know heads which align. Default: no. */
  readonly words?: boolean | undefined;
}

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

/** A model that transcribes, and how. */
export interface TranscriptionPlan {
  readonly model: Serving<'audio'> & Serving<'speech'>;
  readonly options: RequestedTranscription;
  /** How the request names the options. */
  readonly field: string;
}

/** Those of the original's, with its thresholds. */
const TEMPERATURES = [0, 0.2, 0.4, 0.6, 0.8, 1];
const THRESHOLDS = { maxCompressionRatio: 2.4, minLogProbability: -1, maxNoSpeech: 0.6 };
const MOST_TEMPERATURES = 8;
/** A piece of a recording: a guess is told no earlier than it is there. */
const PIECE_MS = 100;
/** Writing what a window says takes about as long as encoding it. */
export const WINDOW_COST = 2;

/** Throws MODALITY_NOT_SERVED, PARAMETER_INVALID or ENUM_UNKNOWN. `field` is how the request names the options. */
export function planTranscription(
  { models }: EngineParts,
  name: string | undefined,
  options: RequestedTranscription,
  field = 'options',
): TranscriptionPlan {
  const speaking = models.serving('speech', name);
  const model = { ...models.serving('audio', speaking.name), speech: speaking.speech };
  return { model, options: inField(field, () => checkOptions(model, options)), field };
}

function checkOptions(
  model: TranscriptionPlan['model'],
  options: RequestedTranscription,
): RequestedTranscription {
  const { tokens, network } = model.speech;
  const { language, beams = 1, maxTokens, temperatures = TEMPERATURES, seed = 0 } = options;
  if (language !== undefined && !isOnlyLanguage(language, tokens.languages.size))
    languageToken(tokens, language);
  const task = checkName<SpeechTask>(options.task, ['transcribe', 'translate'], 'task');
  if (task === 'translate' && !tokens.tasks.has(task))
    throw invalidParameter('task', `model ${model.name} does not translate: it knows one language alone`);
  if (options.words && !network.alignment)
    throw invalidParameter(
      'words',
      `model ${model.name} tells no times of words: its generation_config.json has no alignment_heads, the heads whose cross-attention ` +
        'follows what is said; add them there and convert the checkpoint again, or ask without words',
    );
  checkWhole(beams, 1, MOST_BEAMS, 'beams');
  if (maxTokens !== undefined) checkWhole(maxTokens, 1, network.config.positions, 'max_tokens');
  checkWhole(seed, 0, Number.MAX_SAFE_INTEGER, 'seed');
  if (temperatures.length < 1 || temperatures.length > MOST_TEMPERATURES)
    throw invalidParameter(
      'temperature',
      `${temperatures.length} temperatures; expected 1 to ${MOST_TEMPERATURES}`,
    );
  const wrong = temperatures.find((one) => !(one >= 0 && one <= 1));
  if (wrong !== undefined) throw invalidParameter('temperature', `temperature is ${wrong}; expected 0 to 1`);
  return { ...options, task };
}

/** English-only models have no token for it. */
function isOnlyLanguage(language: string, known: number): boolean {
  return known === 0 && language.toLowerCase() === 'en';
}

/** What a transcription is run with. */
export interface PreparedTranscription {
  readonly options: TranscriptionOptions;
  readonly parts: TranscriptionParts;
  /** What tokens stand for in UTF-8. */
  readonly words: (tokens: readonly number[]) => Uint8Array;
}

/** Loads the decoder where no call did before. */
export async function prepareTranscription(
  { model, options, field }: TranscriptionPlan,
  context: CallContext,
): Promise<PreparedTranscription> {
  const { speech, audio, name } = model;
  const { decoder, preprocessor, meter } = await speech.start();
  const { language, prompt, temperatures = TEMPERATURES, beams = 1, seed = 0 } = options;
  const { maxTokens: maxNewTokens, conditioned = false, timestamps = true, task } = options;
  const { signal, caller } = context;
  const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;
  return {
    options: {
      language: speech.tokens.languages.size === 0 ? undefined : language?.toLowerCase(),
      task: task as SpeechTask,
      timestamps,
      prompt: await promptTokens(),
      beams,
      temperatures,
      seed,
      conditioned,
      maxNewTokens,
      tokenTimes: options.words,
      ...(temperatures.length > 1 ? THRESHOLDS : {}),
      signal,
      caller,
    },
    parts: {
      config: speech.config,
      tokens: speech.tokens,
      decoder,
      encode: async (samples, loudest) => {
        const item = { samples, context: 'padded', pooling: 'none', form, recording: { loudest } } as const;
        const came = decoder.expect(caller);
        try {
          const { embedding } = await encodePrepared(audio.encoder, 'audio', item, 0, context);
          return new Float32Array(decodeEmbedding(embedding.bytes, 'float32', 0));
        } finally {
          came();
        }
      },
      loudest: async (samples) => {
        const feeds = {
          samples: { type: 'float32', dims: [1, samples.length], data: samples.buffer },
        } as const;
        const { embeddings } = await meter.run({ feeds, rows: [{ output: 'loudest', form }] });
        return decodeEmbedding(embeddings[0].bytes, 'float32', 0)[0];
      },
      inTurn: (work) =>
        context.admission.item({ model: name, modality: 'audio' }, { ...context, cost: WINDOW_COST }, work),
    },
    words: (tokens) => preprocessor.words(speech.spoken(tokens)),
  };

  async function promptTokens(): Promise<readonly number[] | undefined> {
    if (prompt === undefined || prompt.length === 0) return undefined;
    return inFieldAsync(`${field}.prompt`, async () => {
      const text = ` ${checkText(prompt).trim()}`;
      const { ids } = await preprocessor.tokenize(text, decoder.positions, context);
      const { end, start } = speech.tokens;
      if (ids.includes(end) || ids.includes(start))
        throw new TriptychError(
          'PARAMETER_INVALID',
          'the prompt holds a token that stands for no words; expected plain text',
        );
      return ids;
    });
  }
}

/** Decodes audio as it comes. */
export function openPieces(
  { model }: TranscriptionPlan,
  format: RequestedAudioFormat | null | undefined,
  context: CallContext,
): DecodedStream {
  const { preprocessor, sampleRate } = model.audio;
  const samples = Math.round((PIECE_MS * sampleRate) / 1000);
  const plan = { windowSamples: samples, hopSamples: samples, emitTail: true, arePieces: true };
  return preprocessor.open(checkAudioFormat(format), sampleRate, plan, context);
}

/** Some bytes of a recording. */
export interface TranscribedChunk {
  readonly data: Uint8Array;
  /** Its number, where the sender counts. Default: the next. */
  readonly sequence?: number | undefined;
}

/** Pieces that are decoded at a time. */
const MOST_PIECES = 16;

/** A recording of chunks that may still be coming; some contexts of it are held at a time. */
export function recordingOf(
  { model }: TranscriptionPlan,
  stream: DecodedStream,
  chunks: AsyncIterable<TranscribedChunk>,
): Recording {
  const { contextSamples, sampleRate } = model.audio;
  return new Recording(pieces(), 2 * contextSamples + sampleRate);

  async function* pieces(): AsyncGenerator<Float32Array> {
    let count = 0;
    let samples = 0;
    const pull = async function* () {
      for (let isDone = false; !isDone;) {
        const reply = await stream.pull(MOST_PIECES);
        for (const { content } of reply.windows) {
          if ('error' in content) throw TriptychError.fromRecord(content.error);
          samples += content.samples.length;
          yield content.samples;
        }
        if (reply.failure) throw TriptychError.fromRecord(reply.failure);
        ({ isDone } = reply);
      }
    };
    for await (const { data, sequence = count } of chunks) {
      checkSequence(sequence, count);
      stream.push(data, sequence, false);
      yield* pull();
      count++;
    }
    stream.finish(Math.max(0, count - 1));
    yield* pull();
    checkLongEnough(samples, sampleRate);
  }
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

import {
  loudestBy,
  type SpeechTask,
  type TranscriptionOptions,
  type TranscriptionParts,
} from '@triptych/audio-encoder';
import { decodeEmbedding, TriptychError } from '@triptych/core';
import { checkText } from '@triptych/validation';
import type { CallContext } from '../call.js';
import { encodePrepared } from '../items/encode-prepared.js';
import { inFieldAsync } from '../items/in-field.js';
import { TEMPERATURES, type TranscriptionPlan, WINDOW_COST } from './transcription-plan.js';

/** Those of the original's. */
const THRESHOLDS = { maxCompressionRatio: 2.4, minLogProbability: -1, maxNoSpeech: 0.6 };

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
  const { decoder, preprocessor, meter, meterTurns } = await speech.start();
  const loudest = loudestBy(meter);
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
        const leave = await meterTurns.wait(context, 1);
        try {
          return await loudest(samples);
        } finally {
          leave();
        }
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

import type { Generated } from '@triptych/inference-core';
import { detectLanguage } from './language.js';
import { segmentsOf, type SpeechSegment, type WindowSegments } from './segments.js';
import { withFallback } from './temperature-fallback.js';
import { tokenEnds } from './token-ends.js';
import type { TranscriptionOptions, WritingParts } from './transcription-options.js';
import { firstTokens, previousTokens } from './window-prompt.js';

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

/** From here on, a result is too much chance to go on from. */
const LOW_TEMPERATURE = 0.5;

/** Writes what is said in one window after the other, and knows what the next one goes on from. */
export class SpeechWriter {
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

import { deflateSync } from 'node:zlib';
import type { DecoderSource, Generated, Generation } from '@triptych/inference-core';
import type { TranscriptionOptions, WritingParts } from './transcription-options.js';

/** What a window's last attempt came to. */
export interface FallbackResult {
  readonly generated: Generated;
  readonly temperature: number;
  readonly compressionRatio: number;
  readonly noSpeech: number;
  readonly isSilent: boolean;
}

/** Tries one temperature after the other until a result is likely enough and does not repeat itself. */
export async function withFallback(
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

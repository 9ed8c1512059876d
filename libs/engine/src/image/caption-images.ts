import { decodeEmbedding, TriptychError } from '@triptych/core';
import { checkText, type RequestedImage } from '@triptych/validation';
import { imageBytes, imageCost } from '../admission/costs.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { encodeCall } from '../items/encode-call.js';
import type { ItemResult } from '../items/encode-items.js';
import { checkWhole, MOST_BEAMS } from '../items/generated-text.js';
import { inFieldAsync } from '../items/in-field.js';
import { encodeImage, planImages } from './image-plan.js';

export interface CaptionRequest {
  /** Default: the first that writes captions. */
  readonly model?: string | undefined;
  readonly images: readonly RequestedImage[];
  /** What every caption begins with, or its bytes in UTF-8. Default: nothing. */
  readonly prompt?: string | Uint8Array | undefined;
  /** Sequences that are searched side by side for the likeliest caption, up to 8. Default: 1, greedily. */
  readonly beams?: number | undefined;
  /** The most tokens of a caption, its prompt among them. Default: 30, or as many as the model has places for. */
  readonly maxTokens?: number | undefined;
}

export interface Captions {
  readonly model: string;
  readonly fingerprint: string;
  readonly results: readonly ItemResult<Caption>[];
}

export interface Caption {
  /** The prompt among it, as the tokenizer has it. */
  readonly text: string;
  /** Tokens that were generated. */
  readonly tokens: number;
  /** Mean natural logarithm of their probabilities. */
  readonly meanLogProbability: number;
  /** `end`: the model ended it. `length`: cut at the most tokens. */
  readonly finish: 'end' | 'length';
}

const DEFAULT_TOKENS = 30;
/** A caption takes about as long as encoding its image once more. */
const CAPTION_COST = 1;

/** Writes what images show (Li et al. 2022). A bad image fails alone. Throws PARAMETER_INVALID, TEXT_* and BATCH_* errors. */
export async function captionImages(
  { models, limits }: EngineParts,
  { model: name, images, prompt, beams = 1, maxTokens: asked }: CaptionRequest,
  context: CallContext,
): Promise<Captions> {
  const { caption } = models.serving('caption', name);
  const model = models.serving('image', models.serving('caption', name).name);
  checkWhole(beams, 1, MOST_BEAMS, 'beams');
  const maxTokens = asked ?? Math.min(DEFAULT_TOKENS, caption.maxTokens);
  checkWhole(maxTokens, 2, caption.maxTokens, 'max_tokens');
  const plan = planImages(model, { pooling: 'none', normalize: false }, limits.maxPixels);
  const begun = caption.prompt(await promptIds());
  if (begun.length >= maxTokens)
    throw new TriptychError(
      'PARAMETER_INVALID',
      `the prompt has ${begun.length} tokens; expected fewer than max_tokens, ${maxTokens}`,
      { field: 'prompt' },
    );
  const results = await encodeCall(
    {
      items: images,
      field: 'images',
      most: limits.maxImages,
      lane: { model: model.name, modality: 'image' },
      bytes: (image) => imageBytes([image]),
      cost: (image) => imageCost(image, limits.maxPixels) + CAPTION_COST,
    },
    captionOne,
    context,
  );
  return { model: model.name, fingerprint: model.fingerprint, results };

  async function promptIds(): Promise<readonly number[] | undefined> {
    if (prompt === undefined || prompt.length === 0) return undefined;
    return inFieldAsync('prompt', async () => {
      const { ids } = await caption.preprocessor.tokenize(checkText(prompt), caption.maxTokens, context);
      return ids;
    });
  }

  async function captionOne(image: RequestedImage): Promise<Caption> {
    const { embedding } = await encodeImage(plan, image, context);
    const states = decodeEmbedding(embedding.bytes, 'float32', 0).slice();
    const { signal, caller } = context;
    const source = await caption.decoder.open(states, { beams, maxTokens, signal, caller });
    try {
      const generated = await source.generate(
        {
          prompt: begun,
          rules: { suppressed: [], suppressedFirst: [] },
          end: caption.end,
          maxTokens,
          search: beams === 1 ? { kind: 'greedy' } : { kind: 'beam', lengthPenalty: 1, earlyStopping: false },
          probes: [],
        },
        { signal },
      );
      const { tokens, meanLogProbability, finish } = generated;
      return {
        text: new TextDecoder().decode(caption.preprocessor.words([...begun, ...tokens])),
        tokens: tokens.length,
        meanLogProbability,
        finish,
      };
    } finally {
      source.close();
    }
  }
}

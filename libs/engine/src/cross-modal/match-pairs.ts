import { decodeEmbedding } from '@triptych/core';
import { checkText, type RequestedImage } from '@triptych/validation';
import type { Load } from '../admission/admission.js';
import { imageCost } from '../admission/costs.js';
import type { CallContext } from '../call.js';
import { encodeImage, planImages } from '../image/image-plan.js';
import { inFieldAsync } from '../items/in-field.js';
import type { ServedMatch, Serving } from '../models/served-model.js';
import type { StageTimes } from '../observer.js';
import { valuesOf } from './item-vectors.js';
import type { SpacePlan } from './space-plan.js';

/** What a pair takes beside a text: its text's tokens attend to hundreds of an image, block by block. */
const MATCH_COST = 8;
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** How texts and images are encoded together. */
export interface MatchPlan {
  readonly model: Serving<'image' | 'text'>;
  readonly match: ServedMatch;
  readonly maxPixels: number;
}

/** What is known of a text and an image. */
export interface Match {
  /** That they belong together. */
  readonly probability: number;
  /** Of both, not normalised. */
  readonly vector: Float32Array;
  readonly timing: StageTimes;
}

/** The plan of a space's model. Throws MODALITY_NOT_SERVED where it has no encoder of a text together with an image. */
export function planMatch(plan: SpacePlan): MatchPlan {
  const { match } = plan.match();
  const image = plan.image();
  return { model: { ...image.model, ...plan.text().model }, match, maxPixels: image.maxPixels };
}

/** What so many pairs bring, and the images of theirs that are encoded for them. */
export function matchLoads(
  { model: { name }, maxPixels }: MatchPlan,
  pairs: number,
  images: readonly RequestedImage[],
  times = 1,
): Load[] {
  const cost = images.reduce((sum, image) => sum + imageCost(image, maxPixels), 0);
  return [
    { model: name, modality: 'text', items: pairs, cost: MATCH_COST * pairs },
    { model: name, modality: 'image', items: times * images.length, cost: times * cost },
  ];
}

/** Bytes of the tokens of so many images. */
export function tokenBytes({ match }: MatchPlan, images: number): number {
  return images * match.imageValues * FLOAT_BYTES;
}

/** An image's tokens, which pairs share. Throws IMAGE_* errors. */
export async function imageTokens(
  { model, maxPixels }: MatchPlan,
  image: RequestedImage,
  context: CallContext,
): Promise<Float32Array> {
  const plan = planImages(model, { pooling: 'none', normalize: false }, maxPixels);
  return valuesOf(await inFieldAsync('image', () => encodeImage(plan, image, context)));
}

/** A text's ids, which pairs share. Throws TEXT_* errors. */
export function textIds(
  { model }: MatchPlan,
  text: string | Uint8Array,
  context: CallContext,
): Promise<readonly number[]> {
  const { preprocessor, maxTokens } = model.text;
  return inFieldAsync('text', async () => {
    const { ids, preprocessUs } = await preprocessor.tokenize(checkText(text), maxTokens, context);
    context.observer.preprocessed('text', preprocessUs);
    return ids;
  });
}

/** A text and an image through one encoder. Rejects as that does. */
export function matchPair(
  { model, match }: MatchPlan,
  ids: readonly number[],
  image: Float32Array,
  context: CallContext,
): Promise<Match> {
  const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;
  return context.admission.item(
    { model: model.name, modality: 'text' },
    { ...context, cost: MATCH_COST },
    async () => {
      const { result, queueUs } = await match.encoder.encode(
        { ids, image, form },
        { ...context, wait: true },
      );
      const timing = { preprocessUs: 0, queueUs, inferenceUs: result.inferenceUs };
      context.trace.item('text', timing);
      const [probability, ...vector] = decodeEmbedding(result.embedding.bytes, 'float32', 0);
      return { probability, vector: Float32Array.from(vector), timing };
    },
  );
}

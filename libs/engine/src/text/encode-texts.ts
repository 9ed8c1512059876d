import { checkBatch, textBytes } from '@triptych/validation';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { encodeItems, type ItemResult } from '../items/encode-items.js';
import type { ModelStamp } from '../items/stamp.js';
import { type EncodedText, encodeText, planTexts, type TextOptions, textStamp } from './text-plan.js';

export interface EncodeTextsRequest extends TextOptions {
  /** Default: the first that takes texts. */
  readonly model?: string | undefined;
  /** Or their bytes in UTF-8. */
  readonly texts: readonly (string | Uint8Array)[];
}

export interface EncodedTexts {
  readonly stamp: ModelStamp;
  readonly results: readonly ItemResult<EncodedText>[];
}

/** Encodes every text on its own, so that a bad one fails alone. */
export async function encodeTexts(
  { models, limits }: EngineParts,
  request: EncodeTextsRequest,
  context: CallContext,
): Promise<EncodedTexts> {
  const { texts } = request;
  const plan = planTexts(models.serving('text', request.model), request);
  checkBatch(texts.length, limits.maxTexts, 'texts');
  const bytes = texts.reduce((sum, text) => sum + textBytes(text), 0);
  const loads = [{ model: plan.model.name, modality: 'text', items: texts.length, cost: texts.length }];
  const results = await context.admission.run({ ...context, bytes, loads }, () =>
    encodeItems(texts, 'texts', (text) => encodeText(plan, text, context)),
  );
  return { stamp: textStamp(plan), results };
}

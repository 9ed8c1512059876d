import { textBytes } from '@triptych/validation';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { encodeCall } from '../items/encode-call.js';
import type { ItemResult } from '../items/encode-items.js';
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

/** Encodes texts. Throws as {@link encodeCall} and {@link planTexts} do. */
export async function encodeTexts(
  { models, limits }: EngineParts,
  request: EncodeTextsRequest,
  context: CallContext,
): Promise<EncodedTexts> {
  const { texts } = request;
  const plan = planTexts(models.serving('text', request.model), request);
  const results = await encodeCall(
    {
      items: texts,
      field: 'texts',
      most: limits.maxTexts,
      lane: { model: plan.model.name, modality: 'text' },
      bytes: textBytes,
      cost: () => 1,
    },
    (text) => encodeText(plan, text, context),
    context,
  );
  return { stamp: textStamp(plan), results };
}

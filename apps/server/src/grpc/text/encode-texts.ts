import type { EncodeTextsRequest__Output, EncodeTextsResponse, TextResult } from '@triptych/protocol';
import { checkBatch } from '@triptych/validation';
import type { CallContext } from '../call.js';
import { encodeItems } from '../items.js';
import type { ServiceParts } from '../service-parts.js';
import { encodeText, planTexts, textBytes, textStamp } from './text-request.js';

/** `TextEncoder.Encode`: every text on its own, so that a bad one fails alone. */
export async function encodeTexts(
  { models, limits }: ServiceParts,
  request: EncodeTextsRequest__Output,
  context: CallContext,
): Promise<EncodeTextsResponse> {
  const plan = planTexts(models.serving('text', request.model), request.options, request.rejectTooLong);
  const texts = request.texts.map(textBytes);
  checkBatch(texts.length, limits.maxTexts, 'texts');
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  const loads = [{ model: plan.model.name, modality: 'text', items: texts.length, cost: texts.length }];
  const results = await context.admission.run({ ...context, bytes, loads }, () =>
    encodeItems<Uint8Array, TextResult>(
      texts,
      'texts',
      (text) => encodeText(plan, text, context),
      (_, error) => ({ error }),
    ),
  );
  return { stamp: textStamp(plan), results };
}

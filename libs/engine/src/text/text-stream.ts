import { textBytes } from '@triptych/validation';
import { batchWeight } from '../admission/batch-weight.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { type BatchStream, batchStream, type BatchStreamOptions } from '../items/batch-stream.js';
import { encodeText, planTexts, type TextOptions, textStamp } from './text-plan.js';

export interface TextStreamRequest extends TextOptions, BatchStreamOptions {
  /** Default: the first that takes texts. */
  readonly model?: string | undefined;
}

/** Texts, or their bytes in UTF-8. Throws MODEL_NOT_FOUND and as {@link planTexts} does. */
export function openTextStream(
  { models, limits }: EngineParts,
  request: TextStreamRequest,
  context: CallContext,
): BatchStream<string | Uint8Array> {
  const plan = planTexts(models.serving('text', request.model), request);
  const { form, pooling } = plan.embedding;
  return batchStream({
    ready: {
      stamp: textStamp(plan),
      dimensions: form.dimensions || plan.model.text.dimensions(pooling),
      maxBatchItems: limits.maxTexts,
    },
    order: request.order,
    field: 'batch.texts',
    limit: limits.maxTexts,
    weight: (texts) => {
      const bytes = texts.reduce((sum, text) => sum + textBytes(text), 0);
      return batchWeight({ items: texts.length, bytes }, limits.maxTexts);
    },
    encode: (text) => encodeText(plan, text, context),
    close: () => models.end(),
  });
}

import type { Pooling } from '@triptych/inference-core';
import {
  checkEmbeddingOptions,
  checkPrompt,
  checkText,
  checkTextLength,
  type EmbeddingPlan,
  type RequestedEmbedding,
} from '@triptych/validation';
import type { CallContext } from '../call.js';
import { type EncodedItem, encodePrepared } from '../items/encode-prepared.js';
import { type ModelStamp, stampOf } from '../items/stamp.js';
import type { Serving } from '../models/served-model.js';

/** What a text is encoded with, checked and complete. */
export interface TextPlan {
  readonly model: Serving<'text'>;
  readonly embedding: EmbeddingPlan<Pooling>;
  readonly rejectTooLong: boolean;
  /** Put before each text. */
  readonly prompt: string;
}

/** How texts are to be encoded. */
export interface TextOptions {
  readonly options?: RequestedEmbedding | null | undefined;
  /** Fail texts of more tokens than the model's context (TEXT_TOO_LONG), rather than cut them off there. Default: false. */
  readonly rejectTooLong?: boolean | undefined;
  /** Which of the model's prompts is put before each text; '' is none. Default: the model's own default, if it has one. */
  readonly promptName?: string | undefined;
}

export interface EncodedText extends EncodedItem {
  /** Tokens that the encoder saw. */
  readonly tokens: number;
  readonly truncated: boolean;
}

/** Throws POOLING_UNSUPPORTED, ENUM_UNKNOWN, DIMENSIONS_INVALID or PROMPT_UNKNOWN. */
export function planTexts(model: Serving<'text'>, request: TextOptions): TextPlan {
  const { options, rejectTooLong = false, promptName } = request;
  const embedding = checkEmbeddingOptions(options, model.text);
  return { model, embedding, rejectTooLong, prompt: checkPrompt(promptName, model.text) };
}

export function textStamp({ model, embedding }: TextPlan): ModelStamp {
  return stampOf(model, model.text.space(embedding.pooling));
}

/** One text, or its bytes in UTF-8, by a plan. Throws TEXT_* errors, and as the encoder does. */
export function encodeText(
  plan: TextPlan,
  text: string | Uint8Array,
  context: CallContext,
): Promise<EncodedText> {
  return context.admission.item({ model: plan.model.name, modality: 'text' }, { ...context, cost: 1 }, () =>
    tokenizeAndEncode(plan, text, context),
  );
}

async function tokenizeAndEncode(
  { model, embedding, rejectTooLong, prompt }: TextPlan,
  text: string | Uint8Array,
  context: CallContext,
): Promise<EncodedText> {
  const { preprocessor, encoder, maxTokens } = model.text;
  const { ids, untruncated, preprocessUs } = await preprocessor.tokenize(
    prompt + checkText(text),
    maxTokens,
    context,
  );
  if (rejectTooLong) checkTextLength(untruncated, maxTokens);
  const item = { ids, pooling: embedding.pooling, form: embedding.form };
  return {
    ...(await encodePrepared(encoder, 'text', item, preprocessUs, context)),
    tokens: ids.length,
    truncated: untruncated > ids.length,
  };
}

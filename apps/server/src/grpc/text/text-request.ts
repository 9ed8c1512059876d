import type { CallContext } from '../call.js';
import { TriptychError } from '@triptych/core';
import type { ModelStamp, TextResult } from '@triptych/protocol';
import type { TextPooling } from '@triptych/text-encoder';
import {
  checkEmbeddingOptions,
  checkText,
  checkTextLength,
  type EmbeddingPlan,
  type RequestedEmbedding,
} from '@triptych/validation';
import type { Serving } from '../../models/served-model.js';
import { encodePrepared } from '../encode-prepared.js';

/** What a text is encoded with, checked and complete. */
export interface TextPlan {
  readonly model: Serving<'text'>;
  readonly embedding: EmbeddingPlan<TextPooling>;
  readonly rejectTooLong: boolean;
}

/** Throws POOLING_UNSUPPORTED, ENUM_UNKNOWN or DIMENSIONS_INVALID. */
export function planTexts(
  model: Serving<'text'>,
  options: RequestedEmbedding | null,
  rejectTooLong: boolean,
): TextPlan {
  return { model, embedding: checkEmbeddingOptions(options, model.text), rejectTooLong };
}

export function textStamp({ model, embedding }: TextPlan): ModelStamp {
  const { name, fingerprint, text } = model;
  return { model: name, fingerprint, space: text.space(embedding.pooling) };
}

/** One text, as the bytes of its message, by a plan. Throws TEXT_* errors, and as the encoder does. */
export function encodeText(plan: TextPlan, bytes: Uint8Array, context: CallContext): Promise<TextResult> {
  return context.admission.item({ model: plan.model.name, modality: 'text' }, { ...context, cost: 1 }, () =>
    tokenizeAndEncode(plan, bytes, context),
  );
}

async function tokenizeAndEncode(
  { model, embedding, rejectTooLong }: TextPlan,
  bytes: Uint8Array,
  context: CallContext,
): Promise<TextResult> {
  const { preprocessor, encoder, config } = model.text;
  const { ids, untruncated, preprocessUs } = await preprocessor.tokenize(
    checkText(bytes),
    config.positions,
    context,
  );
  if (rejectTooLong) checkTextLength(untruncated, config.positions);
  const item = { ids, pooling: embedding.pooling, form: embedding.form };
  return {
    ...(await encodePrepared(encoder, 'text', item, embedding, preprocessUs, context)),
    tokens: ids.length,
    truncated: untruncated > ids.length,
  };
}

/** A `string` field as a server reads it: see `loadWirePackage`. */
export function textBytes(field: unknown): Uint8Array {
  if (field instanceof Uint8Array) return field;
  throw new TriptychError('INTERNAL', 'a text was read as another type than bytes');
}

import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type JsonObject, QUANTIZATION_FIELD } from '@triptych/core';
import { canonicalJson } from './canonical-json.js';
import type { StoredTensor } from './numbers/stored-tensor.js';

/** sha256 of each tensor (name, shape, dtype, data), by name, in lower-case hex. */
export type TensorDigests = ReadonlyMap<string, string>;

/** One tensor's digest, of its data piece by piece. How a file is compressed, ordered or cut into row groups leaves no trace. */
export function tensorDigest(
  { name, shape, dtype, quantization }: Omit<StoredTensor, 'data'>,
  data: Iterable<Uint8Array>,
): string {
  const hash = createHash('sha256').update(JSON.stringify([name, shape, dtype]));
  for (const bytes of data) hash.update(bytes);
  if (quantization) {
    const { scales, zeroPoints, axis, groupSize } = quantization;
    hash
      .update(JSON.stringify([axis, groupSize]))
      .update(scales)
      .update(zeroPoints ?? new Uint8Array(0));
  }
  return hash.digest('hex');
}

/** What a model's vectors depend on beside its weights. */
export interface Recipe {
  readonly architecture: string;
  readonly config: JsonObject;
  readonly preprocessor: unknown;
  /** The other text files that are part of the model, by their paths. */
  readonly files: Readonly<Record<string, string>>;
}

/** A model's fingerprint: over its weights and its recipe. */
export function modelFingerprint(digests: TensorDigests, recipe: Recipe): Promise<string> {
  const { architecture, config, preprocessor, files } = recipe;
  const hasFiles = Object.keys(files).length > 0;
  return fingerprint(digests, {
    architecture,
    config,
    preprocessor: preprocessor ?? null,
    // All of them were a tokenizer's when the first models were converted.
    ...(hasFiles ? { tokenizer: files } : {}),
  });
}

/** A decoder's fingerprint: over its weights and its recipe. Its own weights say what its products are in. */
export function decoderFingerprint(
  digests: TensorDigests,
  { architecture, config, files }: Omit<Recipe, 'preprocessor'>,
): Promise<string> {
  const { [QUANTIZATION_FIELD]: _, ...float } = config;
  return fingerprint(digests, { architecture, config: float, files });
}

/** What is hashed before the event loop turns: a millisecond's work or less. */
const TURN_CHARACTERS = 64 * 1024;

/**
 * sha256, lower-case hex, over a model's tensors and its preprocessing recipe: any JSON value, its keys in any order. In turns with
 * whatever else the event loop does: a recipe may hold a tokenizer of many MB.
 */
async function fingerprint(digests: TensorDigests, recipe: unknown): Promise<string> {
  const hash = createHash('sha256');
  for (const name of [...digests.keys()].sort()) hash.update(`${digests.get(name)}\n`);
  let characters = 0;
  for (const piece of canonicalJson(recipe, TURN_CHARACTERS)) {
    hash.update(piece);
    characters += piece.length;
    if (characters < TURN_CHARACTERS) continue;
    characters = 0;
    await setImmediate();
  }
  return hash.digest('hex');
}

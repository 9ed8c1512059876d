import { type JsonObject, TriptychError } from '@triptych/core';
import { library } from './library.js';

/** A word → the ids of its tokens. */
export type TokenModel = (word: string) => number[];

const models = { WordPiece: library.WordPiece, Unigram: library.Unigram, BPE: library.BPE };

/**
 * Makes the model of a `tokenizer.json`. Unknown characters that follow each other in a word are one unknown token where the
 * model says so, and always with Unigram; the library would join them over words. Throws for a model that it does not know.
 */
export function compileModel(json: JsonObject): TokenModel {
  const kind = kindOf(json);
  if (!isKnown(kind)) throw new TriptychError('MODEL_CONFIG', `model ${kind} is not known`);
  const model = new models[kind](json);
  const { unk_token_id: unknown, tokens_to_ids: ids } = model;
  const joins = kind === 'Unigram' || json['fuse_unk'] === true;
  return (word) => {
    const found: number[] = [];
    for (const token of model.encode([word])) {
      const id = ids.get(token) ?? unknown;
      if (id === undefined)
        throw new TriptychError(
          'MODEL_CONFIG',
          `the tokenizer makes a token that its vocabulary lacks: ${JSON.stringify(token)}`,
        );
      if (!(joins && id === unknown && found.at(-1) === unknown)) found.push(id);
    }
    return found;
  };
}

/** Older files do not name the model. */
function kindOf({ type, vocab, merges, continuing_subword_prefix: prefix }: JsonObject): string {
  if (typeof type === 'string') return type;
  if (Array.isArray(vocab)) return 'Unigram';
  if (merges !== undefined) return 'BPE';
  return prefix === undefined ? 'none' : 'WordPiece';
}

function isKnown(kind: string): kind is keyof typeof models {
  return Object.hasOwn(models, kind);
}

import { type JsonObject, TriptychError } from '@triptych/core';
import type { RunRequest } from '@triptych/inference-core';
import { framedTokenizer, tokenizerLimit } from '../framed-tokenizer.js';
import { noPrompts, type TextItem, type TextTower } from '../text-tower.js';
import { BLIP_TEXT_TENSORS, type BlipTextConfig, readBlipTextConfig } from './config.js';
import { blipTextBlocks, blipTextGraph, inputs, outputs } from './graph.js';

/** The first token, its projection to the shared space, or every token. */
type BlipTextPooling = 'projected' | 'class' | 'none';

const graphOutput: Readonly<Record<BlipTextPooling, string>> = {
  projected: outputs.projected,
  class: outputs.class,
  none: outputs.tokens,
};

/** Beyond this, larger batches no longer raise throughput. */
const LARGEST_BATCH = 32;
/** Bounds what one run takes of memory, however long its texts are. */
const MOST_TOKENS = 4096;

/**
 * The text tower of a BLIP checkpoint that compares images and texts; `files` are its tokenizer's. Throws MODEL_CONFIG naming every bad
 * field.
 */
export function blipTextTower(json: JsonObject, files: Readonly<Record<string, string>> = {}): TextTower {
  const config = readBlipTextConfig(json);
  return {
    graph: (options) => blipTextGraph(config, options),
    tensors: BLIP_TEXT_TENSORS,
    blocks: blipTextBlocks(config),
    sites: [],
    poolings: ['projected', 'class', 'none'],
    dimensions: (pooling) => (pooling === 'projected' ? config.projection : config.blocks.width),
    // Of one length, nothing is filled up: a text is computed as it is alone.
    key: ({ ids }) => String(ids.length),
    maxBatch: ({ ids }) => Math.max(1, Math.min(LARGEST_BATCH, Math.floor(MOST_TOKENS / ids.length))),
    bytes: ({ ids }) => 8 * ids.length,
    tokens: ({ ids }) => ids.length,
    request: textRequest,
    warmUp: {
      ids: [0, 0, 0],
      pooling: 'projected',
      form: { normalize: true, dimensions: 0, numbers: 'float32' },
    },
    maxTokens: Math.min(tokenizerLimit(files), config.positions),
    ...noPrompts,
    tokenizer: () => framedTokenizer(files, config),
    checkEmptyText: (ids) => checkVocabulary(ids, config),
    ownSpace: (pooling) => (pooling === 'projected' ? undefined : `text/${pooling}`),
  };
}

function textRequest(items: readonly TextItem[]): RunRequest {
  return {
    feeds: { [inputs.ids]: idsFeed(items) },
    rows: items.map(({ pooling, form }) => ({ output: graphOutput[pooling as BlipTextPooling], form })),
  };
}

/** Ids of texts of one length: int64 [batch, tokens]. */
export function idsFeed(items: readonly { readonly ids: readonly number[] }[]) {
  const { length } = items[0].ids;
  const ids = BigInt64Array.from(
    items.flatMap((item) => item.ids),
    BigInt,
  );
  return { type: 'int64' as const, dims: [items.length, length], data: ids.buffer };
}

/** Throws MODEL_CONFIG unless a text has at least one id, and all are below the vocabulary's size. */
function checkVocabulary(ids: readonly number[], { vocabulary }: BlipTextConfig): void {
  if (ids.length > 0 && ids.every((id) => id < vocabulary)) return;
  throw new TriptychError(
    'MODEL_CONFIG',
    `the tokenizer frames a text with tokens ${ids.join(' and ') || 'none'}; ` +
      `the text encoder takes at least one, below ${vocabulary}`,
  );
}

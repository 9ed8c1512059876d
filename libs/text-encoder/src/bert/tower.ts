import { type JsonObject, TriptychError } from '@triptych/core';
import { type Pooling, quantizationSites, type RunRequest } from '@triptych/inference-core';
import { framedTokenizer, tokenizerLimit } from '../framed-tokenizer.js';
import type { TextItem, TextTower } from '../text-tower.js';
import { type BertConfig, mostTokens, readBertConfig } from './config.js';
import { bertBlocks, bertGraph, inputs, outputs, sentenceWidth } from './graph.js';
import type { CheckpointFiles } from './module-files.js';
import { readSentencePipeline, type SentencePipeline } from './sentence.js';

/** How the checkpoint's own pooling is called, and which output has it where the pipeline is something else. */
const poolingNames = { mean: 'mean', class: 'class', last: 'end' } as const;

const graphOutput: Readonly<Record<string, string>> = {
  mean: outputs.mean,
  class: outputs.class,
  end: outputs.last,
  none: outputs.tokens,
};

/** Beyond this, larger batches no longer raise throughput. */
const LARGEST_BATCH = 32;
/** Bounds what one run takes of memory, however long its texts are. */
const MOST_TOKENS = 4096;

/**
 * The tower of a BERT-like sentence encoder. `files` are the checkpoint's tokenizer and what sentence-transformers puts beside it;
 * without a `modules.json`, a text's vector is the mean over its tokens. Throws MODEL_CONFIG naming every bad field.
 */
export function sentenceTower(json: JsonObject, files: CheckpointFiles = {}): TextTower {
  const config = readBertConfig(json);
  const pipeline = readSentencePipeline(files);
  checkWidths(config, pipeline);
  const blocks = bertBlocks(config);
  const own = pipeline.dense.length > 0 ? 'projected' : poolingNames[pipeline.pooling];
  const others = (['mean', 'class', 'end', 'none'] as const).filter((pooling) => pooling !== own);
  const maxTokens = Math.min(pipeline.maxTokens ?? tokenizerLimit(files), mostTokens(config));
  const outputOf = (pooling: Pooling) => (pooling === own ? outputs.sentence : graphOutput[pooling]);
  return {
    graph: (options) => bertGraph(config, pipeline, options),
    blocks: blocks.prefixes,
    sites: quantizationSites(blocks),
    poolings: [own, ...others],
    dimensions: (pooling) => (pooling === own ? sentenceWidth(config, pipeline) : config.blocks.width),
    // Of one length, nothing is filled up: a text is computed as it is alone.
    key: ({ ids }) => String(ids.length),
    maxBatch: ({ ids }) => Math.max(1, Math.min(LARGEST_BATCH, Math.floor(MOST_TOKENS / ids.length))),
    bytes: ({ ids }) => 8 * ids.length,
    tokens: ({ ids }) => ids.length,
    request: (items) => request(items, outputOf),
    warmUp: {
      ids: [0, 0, 0],
      pooling: own,
      form: { normalize: true, dimensions: 0, numbers: 'float32' },
    },
    maxTokens,
    prompts: pipeline.prompts,
    defaultPrompt: pipeline.defaultPrompt,
    tokenizer: () => framedTokenizer(files, { ...pipeline, vocabulary: config.vocabulary }),
    checkEmptyText: (ids) => checkVocabulary(ids, config),
    ownSpace: (pooling) => (pooling === own ? undefined : `text/${pooling}`),
  };
}

function request(items: readonly TextItem[], outputOf: (pooling: Pooling) => string): RunRequest {
  const { length } = items[0].ids;
  const ids = BigInt64Array.from(
    items.flatMap((item) => item.ids),
    BigInt,
  );
  return {
    feeds: { [inputs.ids]: { type: 'int64', dims: [items.length, length], data: ids.buffer } },
    rows: items.map(({ pooling, form }) => ({ output: outputOf(pooling), form })),
  };
}

/** Throws MODEL_CONFIG where a linear layer does not take what comes before it. */
function checkWidths({ blocks }: BertConfig, { dense }: SentencePipeline): void {
  let { width } = blocks;
  for (const { name, from, to } of dense) {
    if (from !== width)
      throw new TriptychError(
        'MODEL_CONFIG',
        `${name}/config.json in_features must be ${width}, found ${from}`,
      );
    width = to;
  }
}

/** Throws MODEL_CONFIG unless the ids are below the vocabulary's size. */
function checkVocabulary(ids: readonly number[], { vocabulary }: BertConfig): void {
  if (ids.length > 0 && ids.every((id) => id < vocabulary)) return;
  throw new TriptychError(
    'MODEL_CONFIG',
    `the tokenizer frames a text with tokens ${ids.join(' and ') || 'none'}; ` +
      `the encoder takes at least one, below ${vocabulary}`,
  );
}

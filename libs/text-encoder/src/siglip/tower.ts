import { type JsonObject, TriptychError } from '@triptych/core';
import { quantizationSites, type RunRequest } from '@triptych/inference-core';
import { noPrompts, type TextItem, type TextTower } from '../text-tower.js';
import { readSiglipTextConfig, SIGLIP_TEXT_TENSORS, type SiglipTextConfig } from './config.js';
import { inputs, outputs, siglipTextBlocks, siglipTextGraph } from './graph.js';
import { siglipTokenizer } from './tokenizer.js';

/** The last token through the head, or every token, those that fill a text up included. */
type SiglipTextPooling = 'projected' | 'none';

const graphOutput: Readonly<Record<SiglipTextPooling, string>> = {
  projected: outputs.pooled,
  none: outputs.tokens,
};

/** Beyond this, larger batches no longer raise throughput. */
const LARGEST_BATCH = 32;

/**
 * The text tower of a SigLIP checkpoint, of a configuration that has its fields in `text_config`; `files` are the checkpoint's
 * tokenizer files by name. Throws MODEL_CONFIG naming every bad field.
 */
export function siglipTextTower(json: JsonObject, files: Readonly<Record<string, string>> = {}): TextTower {
  const config = readSiglipTextConfig(json);
  const { projection, positions } = config;
  const blocks = siglipTextBlocks(config);
  return {
    graph: (options) => siglipTextGraph(config, options),
    tensors: SIGLIP_TEXT_TENSORS,
    blocks: blocks.prefixes,
    sites: quantizationSites(blocks),
    poolings: ['projected', 'none'],
    dimensions: (pooling) => (pooling === 'projected' ? projection : config.blocks.width),
    key: () => '',
    maxBatch: () => LARGEST_BATCH,
    bytes: ({ ids }) => 8 * ids.length,
    tokens: () => positions,
    request: (items) => request(config, items),
    warmUp: {
      ids: Array<number>(positions).fill(0),
      pooling: 'projected',
      form: { normalize: true, dimensions: 0, numbers: 'float32' },
    },
    maxTokens: positions,
    ...noPrompts,
    tokenizer: () => siglipTokenizer(files, config),
    checkEmptyText: (ids) => checkFilled(ids, config),
    ownSpace: (pooling) => (pooling === 'projected' ? undefined : `text/${pooling}`),
  };
}

/** Throws MODEL_CONFIG unless a text has as many ids as there are positions, each below the vocabulary's size. */
function checkFilled(ids: readonly number[], { positions, vocabulary }: SiglipTextConfig): void {
  if (ids.length === positions && ids.every((id) => id < vocabulary)) return;
  throw new TriptychError(
    'MODEL_CONFIG',
    `the tokenizer gives a text ${ids.length} tokens up to id ${Math.max(...ids)}; ` +
      `the text encoder takes ${positions}, below ${vocabulary}`,
  );
}

function request({ positions }: SiglipTextConfig, items: readonly TextItem[]): RunRequest {
  const ids = BigInt64Array.from(
    items.flatMap((item) => item.ids),
    BigInt,
  );
  return {
    feeds: { [inputs.ids]: { type: 'int64', dims: [items.length, positions], data: ids.buffer } },
    rows: items.map(({ pooling, form }) => ({ output: graphOutput[pooling as SiglipTextPooling], form })),
  };
}

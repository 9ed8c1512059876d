import { type JsonObject, TriptychError } from '@triptych/core';
import { quantizationSites, type RunRequest } from '@triptych/inference-core';
import { noPrompts, type TextItem, type TextTower } from '../text-tower.js';
import { endOfText, readTextConfig, TEXT_TENSORS, type TextConfig } from './config.js';
import { inputs, outputs, textBlocks, textGraph } from './graph.js';
import { clipTokenizer } from './tokenizer.js';

/** The end-of-text token after the final norm, its projection to the shared space, or every token. */
type ClipTextPooling = 'end' | 'projected' | 'none';

const graphOutput: Readonly<Record<ClipTextPooling, string>> = {
  end: outputs.pooled,
  projected: outputs.projected,
  none: outputs.tokens,
};

/** Beyond this, larger batches no longer raise throughput. */
const LARGEST_BATCH = 32;
/** Texts are filled up to a multiple of this many tokens, and share a batch with those of the same. */
const LENGTH_STEP = 4;

/**
 * The text tower of a CLIP checkpoint, of a configuration that has its fields in `text_config`; `files` are the checkpoint's
 * tokenizer files by name. Throws MODEL_CONFIG naming every bad field.
 */
export function clipTextTower(json: JsonObject, files: Readonly<Record<string, string>> = {}): TextTower {
  const config = readTextConfig(json);
  const blocks = textBlocks(config);
  return {
    graph: (options) => textGraph(config, options),
    tensors: TEXT_TENSORS,
    blocks: blocks.prefixes,
    sites: quantizationSites(blocks),
    poolings: ['projected', 'end', 'none'],
    dimensions: (pooling) => (pooling === 'projected' ? config.projection : config.blocks.width),
    // It is causal: what a text is filled up with never reaches it.
    key: (item) => String(filledLength(config, item)),
    maxBatch: () => LARGEST_BATCH,
    bytes: ({ ids }) => 8 * ids.length,
    tokens: (item) => filledLength(config, item),
    request: (items) => request(config, items),
    warmUp: warmUpItem(config),
    maxTokens: config.positions,
    ...noPrompts,
    tokenizer: () => clipTokenizer(files, config.vocabulary),
    checkEmptyText: (ids) => checkEmptyText(ids, config),
    ownSpace: (pooling) => (pooling === 'projected' ? undefined : `text/${pooling}`),
  };
}

/** Throws MODEL_CONFIG unless a text ends where the tower looks for its end, within the vocabulary. */
function checkEmptyText(ids: readonly number[], config: TextConfig): void {
  if (endOfText(ids, config) === ids.length - 1 && ids.every((id) => id < config.vocabulary)) return;
  throw new TriptychError(
    'MODEL_CONFIG',
    `the tokenizer frames a text with tokens ${ids.join(' and ')}; the text encoder looks for token ` +
      `${config.endOfText ?? 'of the highest id'} at its end, below ${config.vocabulary}`,
  );
}

/** A text's own length decides, not its neighbours': whatever shares its batch, it is computed in the same shape. */
function filledLength({ positions }: TextConfig, { ids }: TextItem): number {
  return Math.min(positions, Math.ceil(ids.length / LENGTH_STEP) * LENGTH_STEP);
}

function request(config: TextConfig, items: readonly TextItem[]): RunRequest {
  const length = filledLength(config, items[0]);
  const ids = new BigInt64Array(items.length * length);
  items.forEach((item, i) => item.ids.forEach((id, t) => (ids[i * length + t] = BigInt(id))));
  return {
    feeds: {
      [inputs.ids]: { type: 'int64', dims: [items.length, length], data: ids.buffer },
      [inputs.end]: { type: 'int64', numbers: items.map((item) => endOfText(item.ids, config)) },
    },
    rows: items.map(({ ids: own, pooling, form }) => ({
      output: graphOutput[pooling as ClipTextPooling],
      ...(pooling === 'none' ? { vectors: own.length } : {}),
      form,
    })),
  };
}

function warmUpItem({ vocabulary, endOfText }: TextConfig): TextItem {
  return {
    ids: [endOfText ?? vocabulary - 1],
    pooling: 'projected',
    form: { normalize: true, dimensions: 0, numbers: 'float32' },
  };
}

import type { EmbeddingForm } from '@triptych/core';
import { Encoder, type EncoderOptions, type EncoderParts, type RunRequest } from '@triptych/inference-core';
import { endOfText, type TextConfig } from './config.js';
import { inputs, outputs, textBlocks, textGraph } from './graph.js';

/** The end-of-text token after the final norm, its projection to the shared space, or every token. */
export type TextPooling = 'end' | 'projected' | 'none';

/** One text as token ids, start and end included, at most the model's context. */
export interface TextItem {
  readonly ids: readonly number[];
  readonly pooling: TextPooling;
  readonly form: EmbeddingForm;
}

/** A CLIP text tower that is being served. */
export type TextEncoder = Encoder<TextItem>;

const graphOutput: Record<TextPooling, string> = {
  end: outputs.pooled,
  projected: outputs.projected,
  none: outputs.tokens,
};

/** Beyond this, larger batches no longer raise throughput. */
const LARGEST_BATCH = 32;
/** Texts are filled up to a multiple of this many tokens, and share a batch with those of the same. */
const LENGTH_STEP = 8;

/** What makes an encoder of a text tower. */
export function textParts(config: TextConfig): EncoderParts<TextItem> {
  return {
    graph: (options) => textGraph(config, options),
    blocks: textBlocks(config),
    key: (item: TextItem) => String(filledLength(config, item)),
    maxBatch: () => LARGEST_BATCH,
    bytes: ({ ids }: TextItem) => 8 * ids.length,
    request: (items: readonly TextItem[]) => request(config, items),
    warmUp: warmUpItem(config),
  };
}

/** Loads, writes the graph, warms up. Throws bad-weights errors that name the tensor. */
export function startTextEncoder(config: TextConfig, options: EncoderOptions): Promise<TextEncoder> {
  return Encoder.start(textParts(config), options);
}

/** A text's own length decides, not its neighbours': whatever shares its batch, it is computed in the same shape. */
function filledLength({ positions }: TextConfig, { ids }: TextItem): number {
  return Math.min(positions, Math.ceil(ids.length / LENGTH_STEP) * LENGTH_STEP);
}

function request(config: TextConfig, items: readonly TextItem[]): RunRequest {
  const length = filledLength(config, items[0]);
  const ids = new BigInt64Array(items.length * length);
  items.forEach((item, i) => item.ids.forEach((id, t) => (ids[i * length + t] = BigInt(id))));
  const ends = BigInt64Array.from(items, (item) => BigInt(endOfText(item.ids, config)));
  return {
    feeds: {
      [inputs.ids]: { type: 'int64', dims: [items.length, length], data: ids.buffer },
      [inputs.end]: { type: 'int64', dims: [items.length], data: ends.buffer },
    },
    rows: items.map(({ ids: own, pooling, form }) => ({
      output: graphOutput[pooling],
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

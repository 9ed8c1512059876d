import { checkBatch } from '@triptych/validation';
import { type AnswerOrder, BoundedAnswers } from '../admission/bounded-answers.js';
import { encodeItems, type ItemResult } from './encode-items.js';
import type { EncodedItem } from './encode-prepared.js';
import type { ModelStamp } from './stamp.js';

/** Items that are sent together. */
export interface ItemBatch<Item, Tag> {
  readonly items: readonly Item[];
  /** Given back with the results: all that is kept of a batch once its items are encoded. */
  readonly tag: Tag;
  /** Called once its items are encoded. */
  readonly done?: (() => void) | undefined;
}

export interface EncodedBatch<Tag> {
  readonly tag: Tag;
  readonly results: readonly ItemResult<EncodedItem>[];
}

export interface BatchStreamSummary {
  readonly batches: number;
  readonly items: number;
  readonly failed: number;
}

/** A stream of batches whose request has been checked: {@link run} or {@link close} it. */
export interface BatchStream<Item> {
  readonly ready: {
    readonly stamp: ModelStamp;
    /** Values of a vector. */
    readonly dimensions: number;
    /** Most items of a batch. */
    readonly maxBatchItems: number;
  };
  /**
   * Encodes batches to the end of the stream; `write` is given them one at a time, in the order that was asked for. Batches are taken
   * only as fast as items are computed and results are written. A failure is thrown once the batches before it have been written.
   */
  run<Tag>(
    batches: AsyncIterable<ItemBatch<Item, Tag>>,
    write: (batch: EncodedBatch<Tag>) => Promise<void>,
  ): Promise<BatchStreamSummary>;
  close(): void;
}

/** How a stream's batches are answered. */
export interface BatchStreamOptions {
  /** Default: as they are ready. */
  readonly order?: AnswerOrder | undefined;
}

/** What a stream of batches is made of. */
export interface BatchStreamParts<Item> {
  readonly ready: BatchStream<Item>['ready'];
  readonly order: AnswerOrder | undefined;
  /** How the request names its items: `batch.images`. */
  readonly field: string;
  /** What may be in work or unwritten, by {@link weight}. */
  readonly limit: number;
  readonly weight: (items: readonly Item[]) => number;
  readonly encode: (item: Item) => Promise<EncodedItem>;
  /** Ends the lease of its model. */
  readonly close: () => void;
}

export function batchStream<Item>(parts: BatchStreamParts<Item>): BatchStream<Item> {
  const { ready, order = 'as-ready', field, limit, weight, encode, close } = parts;
  return {
    ready,
    close,
    run: async <Tag>(
      batches: AsyncIterable<ItemBatch<Item, Tag>>,
      write: (batch: EncodedBatch<Tag>) => Promise<void>,
    ) => {
      const answers = new BoundedAnswers<EncodedBatch<Tag>>(limit, order, write);
      const summary = { batches: 0, items: 0, failed: 0 };
      try {
        for await (const { items, tag, done } of batches) {
          if (items.length > 0) checkBatch(items.length, ready.maxBatchItems, field);
          summary.batches++;
          summary.items += items.length;
          const answer = async () => {
            const results = await encodeItems(items, field, encode).finally(done);
            summary.failed += results.filter((result) => 'error' in result).length;
            return { tag, results };
          };
          await answers.add(answer, weight(items));
        }
      } finally {
        await answers.done().finally(close);
      }
      return summary;
    },
  };
}

import type { ItemBatch } from '@triptych/engine';
import { TriptychError } from '@triptych/core';
import type { FlightData__Output } from '@triptych/protocol';
import { type Batch, readBatch } from './arrow/batch.js';
import type { Layout } from './arrow/layout.js';
import { readMessageHeader } from './arrow/message.js';
import { unsupported } from './arrow/refusals.js';
import { bytesOf } from './arrow/slice.js';
import { type Content, contentBytes, type Item, withRate } from './content.js';
import { addedBytes, type Output, type Rows } from './output.js';

/** Clients in Go and Node take messages of 4 MiB: what goes out stays below, with what frames it. */
const MOST_SENT_BYTES = 3.75 * 1024 * 1024;

/** A message that came. */
export interface Taken {
  readonly message: FlightData__Output;
  /** Counts out its bytes. */
  readonly leave: () => void;
}

/** Rows that are encoded together. */
export interface Slice extends Rows {
  /** Counts out the message that they came in, where they are its last. */
  readonly leave: (() => void) | undefined;
}

/** How the rows of a table are sliced. */
export interface Slicing {
  readonly layouts: readonly Layout[];
  readonly content: Content;
  readonly output: Output;
  /** Rows of a slice. */
  readonly most: number;
  /** Of samples without a rate. */
  readonly sampleRate: number | undefined;
}

/** The rows of all batches, in slices that are short enough to be sent. */
export async function* sliceRows(
  incoming: AsyncGenerator<Taken, void>,
  slicing: Slicing,
): AsyncGenerator<ItemBatch<Item, Slice>, void> {
  for await (const { message, leave } of incoming) {
    const { dataHeader, dataBody } = message;
    if (dataHeader.length === 0) {
      leave();
      continue;
    }
    const { kind, header } = readMessageHeader(dataHeader, dataBody.length);
    if (kind === 'schema')
      throw new TriptychError('STREAM_SECOND_CONFIG', 'a second schema came; a stream has one', {
        field: 'data_header',
      });
    if (kind === 'dictionary')
      throw unsupported('a dictionary came; send values (in pyarrow, dictionary_decode())');
    const batch = readBatch(header, dataBody, slicing.layouts);
    if (batch.rows === 0) leave();
    for (let from = 0; from < batch.rows;) {
      const to = endOfSlice(batch, from, slicing);
      const rows = sliceOf(batch, from, to, slicing);
      yield { items: rows.items, tag: { ...rows.tag, leave: to === batch.rows ? leave : undefined } };
      from = to;
    }
  }
}

/** Before which row a slice ends. One row is one, however long it is. */
function endOfSlice({ rows, columns }: Batch, from: number, { output, most }: Slicing): number {
  const added = addedBytes(output);
  let count = Math.min(most, rows - from);
  while (count > 1) {
    const carried = output.carried.reduce((sum, i) => sum + bytesOf(columns[i], from, from + count), 0);
    if (carried + count * added <= MOST_SENT_BYTES) break;
    count = count >> 1;
  }
  return from + count;
}

function sliceOf(
  batch: Batch,
  from: number,
  to: number,
  { content: { index, item }, sampleRate }: Slicing,
): { readonly items: Item[]; readonly tag: Rows } {
  const items: Item[] = [];
  const nulls = new Set<number>();
  for (let row = from; row < to; row++) {
    const bytes = contentBytes(batch.columns[index], row);
    if (bytes) items.push(withRate(item(bytes), sampleRate));
    else nulls.add(row - from);
  }
  return { items, tag: { batch, from, to, nulls } };
}

/** How many items go into one call: no call is larger, and it shrinks where the server says that it was too large. */
export interface BatchLimit {
  items: number;
  /** Of a batch; an item that is larger goes alone. */
  readonly bytes: number;
}

export interface BatchOptions<Item> {
  readonly limit: BatchLimit;
  /** Calls that are under way at a time. */
  readonly concurrency: number;
  readonly bytesOf: (item: Item) => number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Encodes items in batches, some at a time, and yields each batch's answer in the items' order. No more than those batches is
 * read ahead. Where the reader stops or a batch fails, the calls that are under way are cancelled.
 */
export async function* inBatches<Item, Answer>(
  items: Iterable<Item> | AsyncIterable<Item>,
  { limit, concurrency, bytesOf, signal }: BatchOptions<Item>,
  encode: (batch: readonly Item[], signal: AbortSignal) => Promise<Answer>,
): AsyncGenerator<Answer, void, undefined> {
  const ending = new AbortController();
  const either = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
  const underWay: Promise<Answer>[] = [];
  try {
    for await (const batch of batched(items, limit, bytesOf)) {
      signal?.throwIfAborted();
      const answer = encode(batch, either);
      // Its failure is thrown when its turn comes; until then it is not one that nobody handles.
      answer.catch(() => undefined);
      underWay.push(answer);
      if (underWay.length >= concurrency) yield await (underWay.shift() as Promise<Answer>);
    }
    for (let next = underWay.shift(); next; next = underWay.shift()) yield await next;
  } finally {
    ending.abort();
  }
}

async function* batched<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  limit: BatchLimit,
  bytesOf: (item: Item) => number,
): AsyncGenerator<Item[], void, undefined> {
  let batch: Item[] = [];
  let bytes = 0;
  for await (const item of items) {
    const size = bytesOf(item);
    if (batch.length > 0 && (batch.length >= limit.items || bytes + size > limit.bytes)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

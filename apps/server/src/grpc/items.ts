import { type ErrorCode, TriptychError } from '@triptych/core';
import type { ItemError } from '@triptych/protocol';
import { toItemError } from './status.js';

/**
 * Encodes the items of a batch side by side. One that fails is an `ItemError` in its place; `field` names the items in
 * the request, as in `clips`. Throws what fails the whole call.
 */
export function encodeItems<Item, Result>(
  items: readonly Item[],
  field: string,
  encode: (item: Item) => Promise<Result>,
  failed: (item: Item, error: ItemError) => Result,
): Promise<Result[]> {
  return Promise.all(
    items.map((item, i) =>
      encode(item).catch((thrown: unknown) =>
        failed(item, toItemError(itemFailure(thrown).within(`${field}[${i}]`))),
      ),
    ),
  );
}

/** A caller that has gone, or is to go elsewhere, is told so once, not item by item; a fault of ours is logged with the call. */
const callFailures: ReadonlySet<ErrorCode> = new Set(['cancelled', 'draining', 'internal']);

/** What one item failed of. Throws what fails the whole call. */
export function itemFailure(thrown: unknown): TriptychError {
  const error = TriptychError.from(thrown);
  if (callFailures.has(error.code)) throw error;
  return error;
}

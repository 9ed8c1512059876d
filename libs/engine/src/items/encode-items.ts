import { type ErrorCode, TriptychError } from '@triptych/core';

/** What one item of a batch failed of, while the others go on. */
export interface FailedItem {
  readonly error: TriptychError;
}

/** What becomes of one item. */
export type ItemResult<Result> = Result | FailedItem;

/**
 * Encodes the items of a batch side by side. One that fails has its error in its place; `field` names the items in the request, as in
 * `clips`, and `places` where they stand there, unless they are all of it. Throws what fails the whole call.
 */
export function encodeItems<Item, Result>(
  items: readonly Item[],
  field: string,
  encode: (item: Item) => Promise<Result>,
  places?: readonly number[],
): Promise<ItemResult<Result>[]> {
  return Promise.all(
    items.map((item, i) =>
      encode(item).catch((thrown: unknown): FailedItem => ({
        error: itemFailure(thrown).within(`${field}[${places?.[i] ?? i}]`),
      })),
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

import { checkBatch } from '@triptych/validation';
import type { LaneName } from '../admission/lane.js';
import type { CallContext } from '../call.js';
import { encodeItems, type ItemResult } from './encode-items.js';

/** The items of one call. */
export interface CallItems<Item> {
  readonly items: readonly Item[];
  /** How the request names them: `clips`. */
  readonly field: string;
  /** More are refused. */
  readonly most: number;
  /** Where they wait for others. */
  readonly lane: LaneName;
  readonly bytes: (item: Item) => number;
  readonly cost: (item: Item) => number;
}

/** Admits a call and encodes each of its items on its own, so that a bad one fails alone. Throws BATCH_*, and what fails the whole call. */
export function encodeCall<Item, Result>(
  { items, field, most, lane, bytes, cost }: CallItems<Item>,
  encode: (item: Item) => Promise<Result>,
  context: CallContext,
): Promise<ItemResult<Result>[]> {
  checkBatch(items.length, most, field);
  const sum = (of: (item: Item) => number) => items.reduce((total, item) => total + of(item), 0);
  const loads = [{ ...lane, items: items.length, cost: sum(cost) }];
  return context.admission.run({ ...context, bytes: sum(bytes), loads }, () =>
    encodeItems(items, field, encode),
  );
}

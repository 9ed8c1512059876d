import { setTimeout as sleep } from 'node:timers/promises';
import type { Embedding, ItemError__Output, ModelStamp__Output } from '@triptych/protocol';
import { CallError } from '../call-error.js';
import { isRetryable, pauseMs, type RetryOptions } from '../retry.js';
import { requireSameModel } from '../same-model.js';
import type { BatchLimit } from './in-batches.js';

/** What a server answers for one item: a vector, or why it has none. */
export interface Outcome {
  readonly embedding?: Embedding | null | undefined;
  readonly error?: ItemError__Output | null | undefined;
}

export interface Answer {
  readonly stamp?: ModelStamp__Output | null | undefined;
  readonly results: readonly Outcome[];
}

/** Encodes items by one call. */
export type EncodeCall<Item> = (items: readonly Item[], signal: AbortSignal) => Promise<Answer>;

const RESOURCE_EXHAUSTED = 8;
const TOO_LARGE: readonly (string | undefined)[] = ['BATCH_TOO_LARGE', 'MESSAGE_TOO_LARGE'];

/**
 * Encodes one batch for good: repeats a call that may succeed later, and the items that may; halves one that is too large for the
 * server, and what comes after it. All its answers are of one model. Throws {@link CallError}.
 */
export async function encodeBatch<Item>(
  items: readonly Item[],
  call: EncodeCall<Item>,
  { limit, retry = {}, signal }: { limit: BatchLimit; retry?: RetryOptions | undefined; signal: AbortSignal },
): Promise<Answer> {
  const { maxAttempts = 10 } = retry;
  const results = new Array<Outcome>(items.length);
  let stamp: Answer['stamp'];
  const waiting = [items.map((_, index) => index)];
  for (let group = waiting.pop(); group; group = waiting.pop()) {
    for (let attempt = 1; ; attempt++) {
      let delayMs: number | undefined;
      try {
        const indices: readonly number[] = group;
        const answer = await call(
          indices.map((index) => items[index]),
          signal,
        );
        requireSameModel(stamp, answer.stamp);
        stamp = answer.stamp;
        answer.results.forEach((result, i) => (results[indices[i]] = result));
        group = indices.filter((index) => results[index]?.error?.retryable);
        if (group.length === 0 || attempt >= maxAttempts) break;
      } catch (thrown) {
        signal.throwIfAborted();
        if (!(thrown instanceof CallError)) throw thrown;
        if (isTooLarge(thrown)) {
          if (group.length === 1) results[group[0]] = { error: itemErrorOf(thrown) };
          else {
            const half = Math.ceil(group.length / 2);
            limit.items = Math.max(1, Math.min(limit.items, half));
            waiting.push(group.slice(half), group.slice(0, half));
          }
          break;
        }
        if (!isRetryable(thrown) || attempt >= maxAttempts) throw thrown;
        delayMs = thrown.details?.retryDelayMs;
      }
      await sleep(pauseMs(attempt, retry, delayMs), undefined, { signal });
    }
  }
  return { stamp, results };
}

/** By the server's reason; without one, gRPC itself found the message too large for this client. */
function isTooLarge({ code, details }: CallError): boolean {
  return TOO_LARGE.includes(details?.reason) || (details === undefined && code === RESOURCE_EXHAUSTED);
}

function itemErrorOf({ code, message, details }: CallError): ItemError__Output {
  return {
    code,
    reason: details?.reason ?? 'MESSAGE_TOO_LARGE',
    message,
    field: details?.violations[0]?.field ?? '',
    retryable: false,
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, TriptychError } from '@triptych/core';

/** Answers that may be another one soon. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);
const MOST_ATTEMPTS = 5;
const FIRST_WAIT_MS = 500;
/** A hub that asks for more patience than this has refused. */
const LONGEST_WAIT_MS = 60_000;
/** A hub that sends nothing for this long is gone. */
export const SILENCE_MS = 30_000;

/** `fetch` that tries again what may pass, and waits as long as `Retry-After` says. Throws HUB_UNREACHABLE. */
export const patientFetch: typeof fetch = async (input, init) => {
  const host = new URL(input instanceof Request ? input.url : input).host;
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt === MOST_ATTEMPTS;
    const headersIn = new AbortController();
    const silence = setTimeout(() => headersIn.abort(), SILENCE_MS);
    try {
      const response = await fetch(input, { ...init, signal: headersIn.signal });
      if (!PASSING.has(response.status)) return response;
      const wait = waitOf(response, attempt);
      await response.body?.cancel();
      if (isLast || wait > LONGEST_WAIT_MS) {
        throw new TriptychError(
          'HUB_UNREACHABLE',
          `${host} answered ${response.status} to ${attempt} attempts` +
            (wait > LONGEST_WAIT_MS ? ` and asks to wait ${Math.round(wait / 1000)} s` : '; try again later'),
        );
      }
      await sleep(wait);
    } catch (thrown) {
      if (thrown instanceof TriptychError) throw thrown;
      if (isLast)
        throw new TriptychError('HUB_UNREACHABLE', `${host}: ${reasonOf(thrown)}`, { cause: thrown });
      await sleep(backOff(attempt));
    } finally {
      clearTimeout(silence);
    }
  }
};

function waitOf(response: Response, attempt: number): number {
  const after = response.headers.get('retry-after');
  const asked = after === null ? 0 : 1000 * Number(after);
  const until = Number.isNaN(asked) ? Date.parse(after ?? '') - Date.now() : asked;
  return Math.max(backOff(attempt), until || 0);
}

const backOff = (attempt: number) => FIRST_WAIT_MS * 2 ** (attempt - 1);

/** `fetch` hides what happened in the cause. */
function reasonOf(thrown: unknown): string {
  const { cause } = thrown as { cause?: unknown };
  return cause === undefined ? messageOf(thrown) : messageOf(cause);
}

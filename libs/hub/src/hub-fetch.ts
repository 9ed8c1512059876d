import { Readable } from 'node:stream';
import { TriptychError } from '@triptych/core';
import { patientFetch } from './patient-fetch.js';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 5;
/** An answer of the API tells of some dozen files, of a model of a thousand shards half a megabyte. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** For the whole of an answer, however slowly it comes. */
const ANSWER_MS = 60_000;

/**
 * `fetch` for a hub's files: tries again what may pass, follows few redirects, and sends the token to the hub alone, not to where
 * it redirects. Throws HUB_UNREACHABLE or HUB_CORRUPT.
 */
export function hubFetch(endpoint: string, token: string | undefined): typeof fetch {
  const { origin } = new URL(endpoint);
  return async (input, init) => {
    let url = new URL(input instanceof Request ? input.url : input);
    for (let redirects = 0; ; redirects++) {
      const headers = new Headers(init?.headers);
      headers.delete('authorization');
      if (token !== undefined && url.origin === origin) headers.set('authorization', `Bearer ${token}`);
      const response = await patientFetch(url.href, { ...init, headers, redirect: 'manual' });
      if (!REDIRECTS.has(response.status)) return response;
      await response.body?.cancel();
      if (redirects === MOST_REDIRECTS)
        throw new TriptychError('HUB_CORRUPT', `${url.host}: redirects more than ${MOST_REDIRECTS} times`);
      url = redirected(url, response.headers.get('location'));
    }
  };
}

/** Where a redirect leads. Throws HUB_CORRUPT for what is no address, or one that is less private. */
export function redirected(from: URL, location: string | null): URL {
  const to = location !== null && URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const isFine = to?.protocol === 'https:' || (to?.protocol === 'http:' && from.protocol === 'http:');
  if (to && isFine) return to;
  throw new TriptychError(
    'HUB_CORRUPT',
    `${from.host}: redirects to ${to ? `${to.protocol}//${to.host}` : 'no address'}; expected ${from.protocol}//`,
  );
}

/** `fetch` for a hub's API: as {@link hubFetch}, with answers that are bounded while they are read. */
export function answerFetch(fetchFile: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await fetchFile(input, init);
    const { status, statusText, headers, url } = response;
    const body = response.body && (await bounded(response.body, new URL(url).host));
    // The library names the address where it reports a failure.
    return Object.defineProperty(new Response(body, { status, statusText, headers }), 'url', { value: url });
  };
}

async function bounded(
  body: NonNullable<Response['body']>,
  host: string,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const signal = AbortSignal.timeout(ANSWER_MS);
  for await (const chunk of Readable.fromWeb(body, { signal }) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES)
      throw new TriptychError('HUB_CORRUPT', `${host}: an answer of more than ${MAX_ANSWER_BYTES} bytes`);
  }
  return length === 0 ? null : Buffer.concat(chunks);
}

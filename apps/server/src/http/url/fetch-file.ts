import { lookup } from 'node:dns/promises';
import { get as getPlain, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as getSecure } from 'node:https';
import { abortError, TriptychError } from '@triptych/core';
import type { AllowedHosts } from './allowed-hosts.js';
import { NotPublic, publicLookup, type Resolve } from './public-address.js';

/** How files are fetched. */
export interface Fetching {
  readonly hosts: AllowedHosts;
  readonly resolve?: Resolve;
  readonly signal: AbortSignal;
  /** As its bytes come, before they are kept. Throws what is in their way. */
  readonly came: (bytes: number) => void;
  /** What is asked for: `image/*`. */
  readonly accept: string;
}

const MOST_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_HEADER_BYTES = 16 * 1024;

const resolveAll: Resolve = (hostname) => lookup(hostname, { all: true });

/** Fetches the file at a URL. Throws URL_REFUSED, URL_UNREADABLE, what `came` throws, and what its signal was aborted with. */
export async function fetchFile(url: string, fetching: Fetching): Promise<Buffer> {
  let target = fetching.hosts.check(url);
  for (let redirects = 0; ; redirects++) {
    const answer = await ask(target, fetching);
    const { statusCode = 0, headers } = answer;
    if (!REDIRECTS.has(statusCode)) return await read(answer, target, fetching);
    answer.destroy();
    if (redirects === MOST_REDIRECTS) throw unreadable(target, `redirects more than ${MOST_REDIRECTS} times`);
    if (headers.location === undefined) throw unreadable(target, 'redirects to nowhere');
    target = fetching.hosts.check(headers.location, target);
  }
}

/** Sends a request over a connection of its own, and waits for the head of its answer. */
async function ask(url: URL, fetching: Fetching): Promise<IncomingMessage> {
  const options: RequestOptions = {
    agent: false,
    maxHeaderSize: MOST_HEADER_BYTES,
    signal: fetching.signal,
    // An address is connected to as it is, and is allowed by itself.
    lookup: publicLookup(fetching.resolve ?? resolveAll),
    headers: { accept: fetching.accept, 'accept-encoding': 'identity', 'user-agent': 'triptych' },
  };
  const get = url.protocol === 'https:' ? getSecure : getPlain;
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(failure(cause, url, fetching));
    // An answer that switches protocols closes it, and is no error.
    get(url, options, resolve)
      .once('error', fail)
      .once('close', () => fail(new Error('closed without an answer')));
  });
}

async function read(answer: IncomingMessage, url: URL, fetching: Fetching): Promise<Buffer> {
  try {
    const { statusCode, headers } = answer;
    if (statusCode !== 200) throw unreadable(url, `answers ${statusCode}; expected 200`);
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') throw unreadable(url, 'answers with a compressed body');
    const parts: Buffer[] = [];
    for await (const part of answer as AsyncIterable<Buffer>) {
      fetching.came(part.length);
      parts.push(part);
    }
    return Buffer.concat(parts);
  } catch (thrown) {
    throw failure(thrown, url, fetching);
  } finally {
    answer.destroy();
  }
}

function failure(thrown: unknown, url: URL, { signal }: Fetching): Error {
  if (signal.aborted) return abortError(signal);
  if (thrown instanceof TriptychError) return thrown;
  if (thrown instanceof NotPublic)
    return new TriptychError(
      'URL_REFUSED',
      `the URL is of ${thrown.hostname}, whose address is not a public one; send the bytes as a data URI`,
    );
  const { code } = thrown as NodeJS.ErrnoException;
  return unreadable(url, `does not answer${code === undefined ? '' : ` (${code})`}`, thrown);
}

function unreadable({ host }: URL, what: string, cause?: unknown): TriptychError {
  return new TriptychError('URL_UNREADABLE', `${host} ${what}`, { cause });
}

import type { IncomingHttpHeaders } from 'node:http';
import { cors } from '@connectrpc/connect';
import { TriptychError } from '@triptych/core';
import type { FastifyInstance } from 'fastify';

/** Which pages may call from a browser. */
export class Origins {
  readonly #allowed: ReadonlySet<string>;

  /** @param list separated by commas; `*`: all */
  constructor(list: string) {
    this.#allowed = new Set(list.split(','));
  }

  /** Headers that let a page of another origin read an answer; none where it may not, or is of this one. */
  headers({ origin }: IncomingHttpHeaders): Record<string, string> {
    if (origin === undefined || !this.#isListed(origin)) return {};
    return {
      'access-control-allow-origin': origin,
      'access-control-expose-headers': [...cors.exposedHeaders, 'x-request-id', 'retry-after'].join(', '),
      vary: 'origin',
    };
  }

  /** What a browser asks for before it sends a request to another origin. */
  preflight(headers: IncomingHttpHeaders): Record<string, string> {
    const allowed = this.headers(headers);
    if (Object.keys(allowed).length === 0) return {};
    return {
      ...allowed,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': [...cors.allowedHeaders, 'authorization', 'x-request-id'].join(', '),
      'access-control-max-age': '7200',
    };
  }

  /** Throws METHOD_DENIED at what browsers send for a page of another origin without asking first: a WebSocket, or a POST of plain text, a form or a file. */
  check({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): void {
    if (origin === undefined || this.#isListed(origin)) return;
    // What the browser says of its page holds behind a proxy, too, that passes on another host.
    if (site === 'same-origin' || isOf(origin, host)) return;
    throw new TriptychError(
      'METHOD_DENIED',
      'pages of this origin may not call here; --http-origins names those that may',
    );
  }

  #isListed(origin: string): boolean {
    return this.#allowed.has('*') || this.#allowed.has(origin);
  }
}

/** Whether an origin is that of a host, which may say the port that its scheme has anyway. */
function isOf(origin: string, host = ''): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  const asked = `${page.protocol}//${host}`;
  return URL.canParse(asked) && new URL(asked).host === page.host;
}

/** Checks the POSTs of a scope: one whose routes read bodies that browsers send without asking first. */
export function checkPosts(app: FastifyInstance, origins: Origins): void {
  app.addHook('onRequest', async ({ method, headers }) => {
    if (method === 'POST') origins.check(headers);
  });
}

import { z } from 'zod';
import { address, count, host } from '../schemas.js';
import { define } from './setting.js';

/** Where the server listens, and what it fetches over HTTP. */
export const addressSettings = {
  listen: define({
    flag: '--listen <host:port>',
    env: 'TRIPTYCH_LISTEN',
    default: '127.0.0.1:50051',
    description: 'address to serve on; port 0 takes a free one, unix:PATH a socket',
    path: true,
    schema: address('HOST:PORT or unix:PATH, such as 0.0.0.0:50051', (text) => /^unix:./.test(text)),
  }),
  http: define({
    flag: '--http <host:port>',
    env: 'TRIPTYCH_HTTP',
    default: '',
    description: 'address to serve HTTP on (OpenAI-shaped routes and others, see docs/http.md); empty: none',
    schema: address('HOST:PORT, such as 127.0.0.1:8080', (text) => text === ''),
  }),
  httpOrigins: define({
    flag: '--http-origins <origins>',
    env: 'TRIPTYCH_HTTP_ORIGINS',
    default: '',
    description:
      'origins of pages that may call over HTTP from a browser, separated by commas, such as https://app.example; *: all; empty: pages of this server alone',
    schema: z.string().regex(/^(\*|https?:\/\/[^\s,/]+(,https?:\/\/[^\s,/]+)*)?$/, {
      error: 'expected origins separated by commas, such as https://app.example',
    }),
  }),
  urlHosts: define({
    flag: '--allow-url-host <host>',
    env: 'TRIPTYCH_URL_HOSTS',
    default: [] as string[],
    description:
      'host that images and audio may be fetched from where a request over HTTP names them by a URL: HOST or HOST:PORT; a name never leads to a private address, an address may be one (none: nothing is fetched)',
    repeatable: true,
    schema: z.array(host),
  }),
  urlTimeoutMs: define({
    flag: '--url-timeout-ms <ms>',
    env: 'TRIPTYCH_URL_TIMEOUT_MS',
    default: 10_000,
    description: 'longest that fetching all files that one request names may take, in milliseconds',
    schema: count(100, 600_000),
  }),
};

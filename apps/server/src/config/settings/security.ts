import { z } from 'zod';
import { count } from '../schemas.js';
import { define } from './setting.js';

/** TLS and bearer tokens. */
export const securitySettings = {
  tlsCert: define({
    flag: '--tls-cert <file>',
    env: 'TRIPTYCH_TLS_CERT',
    default: '',
    description: 'certificate chain in PEM to serve TLS with; empty: no TLS',
    path: true,
    schema: z.string(),
  }),
  tlsKey: define({
    flag: '--tls-key <file>',
    env: 'TRIPTYCH_TLS_KEY',
    default: '',
    description: 'its private key in PEM',
    path: true,
    schema: z.string(),
  }),
  tlsClientCa: define({
    flag: '--tls-client-ca <file>',
    env: 'TRIPTYCH_TLS_CLIENT_CA',
    default: '',
    description:
      'certificate authorities in PEM; clients must show a certificate of theirs; empty: any client',
    path: true,
    schema: z.string(),
  }),
  tlsReloadMs: define({
    flag: '--tls-reload-ms <ms>',
    env: 'TRIPTYCH_TLS_RELOAD_MS',
    default: 10_000,
    description: 'how often certificate files are looked at for changes, in milliseconds',
    schema: count(100, 86_400_000),
  }),
  tokens: define({
    flag: '--tokens <file>',
    env: 'TRIPTYCH_TOKENS',
    default: '',
    description:
      'JSON file of accepted bearer tokens, by their hashes, with their methods; empty: none is asked for',
    path: true,
    schema: z.string(),
  }),
};

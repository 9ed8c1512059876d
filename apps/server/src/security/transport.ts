import type { ServerOptions } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { experimental, ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from '@triptych/core';
import { throwProblems } from '../config/read-config.js';
import type { ServerConfig } from '../config/settings.js';
import { checkTlsFiles } from './tls-files.js';
import { UsableCertificates } from './usable-certificates.js';

/** How servers of Node's own are secured. */
export interface SecureServers {
  readonly options: Pick<
    ServerOptions,
    'requestCert' | 'rejectUnauthorized' | 'minVersion' | 'handshakeTimeout'
  >;
  /** Has a server use the certificates, now and when they change. */
  readonly follow: (server: { setSecureContext(options: SecureContextOptions): void }) => void;
}

/** What a server binds with. */
export interface TransportSecurity {
  readonly credentials: ServerCredentials;
  /** Resolves once a server that was bound with them can be connected to. */
  readonly loaded: () => Promise<void>;
  /** Undefined: without TLS. */
  readonly secure: SecureServers | undefined;
}

/** A TLS handshake takes a few round trips: a client that has not ended it by then will not. Node itself waits for 120 s. */
const HANDSHAKE_MS = 10_000;

type TransportConfig = Pick<ServerConfig, 'tlsCert' | 'tlsKey' | 'tlsClientCa' | 'tlsReloadMs'>;

/**
 * What connections are secured with: nothing, TLS, or TLS that asks clients for a certificate too. Certificates are read
 * again as files change: new connections get the new ones, those that are open stay. Throws CONFIG_INVALID.
 */
export function transportSecurity(config: TransportConfig, logger: Logger): TransportSecurity {
  const { tlsCert, tlsKey, tlsClientCa, tlsReloadMs } = config;
  if (!tlsCert && !tlsKey && !tlsClientCa)
    return {
      credentials: ServerCredentials.createInsecure(),
      loaded: () => Promise.resolve(),
      secure: undefined,
    };
  // The watcher would wait for ever for files that are not there, or do not fit.
  throwProblems(checkTlsFiles(config, {}).problems);
  const files = new experimental.FileWatcherCertificateProvider({
    certificateFile: tlsCert,
    privateKeyFile: tlsKey,
    ...(tlsClientCa ? { caCertificateFile: tlsClientCa } : {}),
    refreshIntervalMs: tlsReloadMs,
  });
  const provider = new UsableCertificates(files, logger);
  // The declaration names them the other way round: the class behind it takes the identity first, then the clients' CA.
  const create = experimental.createCertificateProviderServerCredentials as unknown as (
    identity: typeof provider,
    ca: typeof provider | null,
    requireClientCertificate: boolean,
  ) => ServerCredentials;
  const credentials = create(provider, tlsClientCa ? provider : null, tlsClientCa !== '');
  // The options that grpc-js makes its HTTP/2 server with: docs/decisions/http2.md.
  Object.assign(credentials._getConstructorOptions() ?? {}, { handshakeTimeout: HANDSHAKE_MS });
  return {
    credentials,
    loaded: () => certificatesLoaded(provider),
    secure: secureServers(provider, tlsClientCa !== ''),
  };
}

function secureServers(provider: UsableCertificates, asksClients: boolean): SecureServers {
  return {
    options: {
      requestCert: asksClients,
      rejectUnauthorized: asksClients,
      minVersion: 'TLSv1.2',
      handshakeTimeout: HANDSHAKE_MS,
    },
    follow: (server) => {
      let context: SecureContextOptions = {};
      provider.addIdentityCertificateListener((update) => {
        context = { ...context, cert: update?.certificate, key: update?.privateKey };
        server.setSecureContext(context);
      });
      if (!asksClients) return;
      provider.addCaCertificateListener((update) => {
        context = { ...context, ca: update?.caCertificate };
        server.setSecureContext(context);
      });
    },
  };
}

/** Certificates are read behind the server's back: it has them once those who came later do. */
async function certificatesLoaded(provider: UsableCertificates): Promise<void> {
  let listener: experimental.IdentityCertificateUpdateListener = () => undefined;
  await new Promise<void>((resolve) => {
    listener = (update) => {
      if (update) resolve();
    };
    provider.addIdentityCertificateListener(listener);
  });
  provider.removeIdentityCertificateListener(listener);
}

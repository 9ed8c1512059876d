import { createSecureContext } from 'node:tls';
import type { experimental } from '@grpc/grpc-js';
import { type Logger, messageOf } from '@triptych/core';
import { certificatesOf } from './tls-files.js';

type Listener<Update> = (update: Update | null) => void;
type CaListener = experimental.CaCertificateUpdateListener;
type IdentityListener = experimental.IdentityCertificateUpdateListener;

/**
 * A provider's certificates, without those that nothing could be served with: while files are being replaced one may be
 * missing, or certificate and key not belong together yet. The last usable ones stay, as grpc-js would refuse every
 * connection instead.
 */
export class UsableCertificates implements experimental.CertificateProvider {
  readonly #guards = new Map<CaListener | IdentityListener, CaListener | IdentityListener>();

  constructor(
    private readonly provider: experimental.CertificateProvider,
    private readonly logger: Logger,
  ) {}

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.provider.addIdentityCertificateListener(
      this.#guard(listener, ({ certificate, privateKey }) => checkIdentity(certificate, privateKey)),
    );
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.provider.removeIdentityCertificateListener(this.#release<IdentityListener>(listener));
  }

  addCaCertificateListener(listener: CaListener): void {
    this.provider.addCaCertificateListener(
      this.#guard(listener, ({ caCertificate }) => checkAuthorities(caCertificate)),
    );
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.provider.removeCaCertificateListener(this.#release<CaListener>(listener));
  }

  #guard<Update>(listener: Listener<Update>, check: (update: Update) => void): Listener<Update> {
    let reported = '';
    const guarded = (update: Update | null) => {
      try {
        if (!update) throw new TypeError('a file cannot be read');
        check(update);
      } catch (thrown) {
        const problem = messageOf(thrown);
        // Once: the files are read again and again.
        if (problem !== reported)
          this.logger.error({ problem }, 'certificates cannot be used; those before them stay');
        reported = problem;
        return;
      }
      reported = '';
      listener(update);
    };
    this.#guards.set(listener as CaListener, guarded as CaListener);
    return guarded;
  }

  #release<L extends CaListener | IdentityListener>(listener: L): L {
    const guarded = this.#guards.get(listener) ?? listener;
    this.#guards.delete(listener);
    return guarded as L;
  }
}

/** Throws where a certificate and a key, both in PEM, cannot be served with. */
function checkIdentity(certificate: Buffer, privateKey: Buffer): void {
  createSecureContext({ cert: certificate, key: privateKey });
}

/** Throws where a file of authorities in PEM holds none, or a damaged one: OpenSSL would take it, and then refuse the clients of those behind. */
function checkAuthorities(caCertificate: Buffer): void {
  certificatesOf(caCertificate.toString('latin1'));
}

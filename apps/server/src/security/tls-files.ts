import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { messageOf, problemOf } from '@triptych/core';
import { labelOf, type Origins } from '../config/names.js';
import type { ServerConfig } from '../config/settings.js';

type TlsConfig = Pick<ServerConfig, 'tlsCert' | 'tlsKey' | 'tlsClientCa'>;

export interface Findings {
  readonly problems: string[];
  readonly warnings: string[];
}

/** What is wrong with the files that connections are to be secured with, each with the setting that names it. */
export function checkTlsFiles(config: TlsConfig, origins: Origins, now = new Date()): Findings {
  const { tlsCert, tlsKey, tlsClientCa } = config;
  const found: Findings = { problems: [], warnings: [] };
  if (!tlsCert && !tlsKey && !tlsClientCa) return found;
  for (const name of ['tlsCert', 'tlsKey'] as const)
    if (!config[name])
      found.problems.push(`${labelOf(name, {})} is missing: TLS needs --tls-cert and --tls-key`);
  const read = <T>(name: keyof TlsConfig, use: (pem: string) => T): T | undefined => {
    if (!config[name]) return undefined;
    try {
      return use(readFileSync(config[name], 'utf8'));
    } catch (thrown) {
      const problem = (thrown as NodeJS.ErrnoException).syscall ? problemOf(thrown) : messageOf(thrown);
      found.problems.push(`${labelOf(name, origins)}: ${config[name]}: ${problem}`);
      return undefined;
    }
  };
  const certificate = read('tlsCert', (pem) => ({ pem, leaf: leafOf(pem) }));
  const key = read('tlsKey', (pem) => ({ pem, key: keyOf(pem) }));
  const authority = read('tlsClientCa', leafOf);
  if (certificate && key) {
    const fits = certificate.leaf.checkPrivateKey(key.key);
    const problem = fits ? secureContextProblem(certificate.pem, key.pem) : `does not belong to ${tlsCert}`;
    if (problem !== undefined) found.problems.push(`${labelOf('tlsKey', origins)}: ${tlsKey}: ${problem}`);
  }
  const dated = [[tlsCert, certificate?.leaf] as const, [tlsClientCa, authority] as const];
  for (const [path, leaf] of dated) {
    const problem = leaf && validityProblem(leaf, now);
    if (problem !== undefined) found.warnings.push(`${path}: ${problem}`);
  }
  return found;
}

/** A sentence where a certificate is not valid at a time, and every connection would fail for it. */
export function validityProblem(certificate: X509Certificate, now: Date): string | undefined {
  if (now > new Date(certificate.validTo))
    return `the certificate has expired on ${certificate.validTo}; whoever verifies it refuses it`;
  if (now < new Date(certificate.validFrom))
    return `the certificate is valid only from ${certificate.validFrom} on; whoever verifies it refuses it`;
  return undefined;
}

/** Throws with what a file holds instead of a certificate. */
function leafOf(pem: string): X509Certificate {
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw new TypeError(`expected a certificate in PEM, found ${contentsOf(pem)}`);
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new TypeError('the certificate is damaged', { cause });
  }
}

/** Throws with what a file holds instead of a private key. */
function keyOf(pem: string): KeyObject {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem))
    throw new TypeError('the private key is encrypted; expected one without a passphrase');
  if (!/-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/.test(pem))
    throw new TypeError(`expected a private key in PEM, found ${contentsOf(pem)}`);
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new TypeError('the private key is damaged', { cause });
  }
}

function contentsOf(text: string): string {
  if (text.trim() === '') return 'an empty file';
  const label = /-----BEGIN ([A-Z ]+)-----/.exec(text)?.[1];
  if (label !== undefined) return `a ${label.toLowerCase()}`;
  return text.includes('\uFFFD') ? 'binary data (DER, perhaps)' : 'no PEM';
}

/** What is left for OpenSSL to refuse: keys that are too short, digests that are too weak. */
function secureContextProblem(cert: string, key: string): string | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch (thrown) {
    return `cannot be served with: ${messageOf(thrown)}`;
  }
}

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
  const certificate = read('tlsCert', (pem) => ({ pem, leaf: certificatesOf(pem)[0] }));
  const key = read('tlsKey', (pem) => ({ pem, key: keyOf(pem) }));
  const authorities = read('tlsClientCa', certificatesOf) ?? [];
  if (certificate && key) {
    const fits = certificate.leaf.checkPrivateKey(key.key);
    const problem = fits ? secureContextProblem(certificate.pem, key.pem) : `does not belong to ${tlsCert}`;
    if (problem !== undefined) found.problems.push(`${labelOf('tlsKey', origins)}: ${tlsKey}: ${problem}`);
  }
  const dated = [
    [tlsCert, certificate?.leaf] as const,
    ...authorities.map((authority) => [tlsClientCa, authority] as const),
  ];
  for (const [path, one] of dated) {
    const problem = one && validityProblem(one, now);
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

/**
 * All certificates of a file, of which OpenSSL would forget those from a damaged one on. Throws with what the file holds instead, or which
 * one is damaged.
 */
export function certificatesOf(pem: string): X509Certificate[] {
  const begin = '-----BEGIN CERTIFICATE-----';
  const certificates = pem.split(new RegExp(`^(?=${begin})`, 'm')).filter((block) => block.startsWith(begin));
  if (certificates.length === 0)
    throw new TypeError(`expected a certificate in PEM, found ${contentsOf(pem)}`);
  return certificates.map((block, i) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      const which =
        certificates.length === 1 ? 'the certificate' : `certificate ${i + 1} of ${certificates.length}`;
      throw new TypeError(`${which} is damaged`, { cause });
    }
  });
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

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type CallError, credentials, TriptychClient } from '@triptych/client';
import { problemOf, TriptychError } from '@triptych/core';
import { isCallError } from '../errors/explain.js';
import { hostAndPort, whyUnreachable } from './diagnose.js';

/** Longest that a server may take to say that it is one. */
const GREETING_MS = 10_000;

const UNIMPLEMENTED = 12;
const UNAVAILABLE = 14;
const DEADLINE_EXCEEDED = 4;

/** A running server to connect to. */
export interface ServerOptions {
  readonly server?: string;
  /** Certificate authorities in PEM: the connection is secured. */
  readonly tlsCa?: string;
  readonly token?: string;
  /** Longest that a call may take. Default: the client's own. */
  readonly timeoutMs?: number;
}

/**
 * Connects to a running server and asks it once what it serves: what is wrong with the address is said here, in words
 * that name the flag. Throws CONFIG_INVALID; what the server itself refuses rejects with CallError.
 */
export async function reachServer(
  address: string,
  { tlsCa, token, timeoutMs }: Omit<ServerOptions, 'server'>,
): Promise<TriptychClient> {
  checkAddress(address);
  const ca = tlsCa === undefined ? undefined : await readAuthorities(tlsCa);
  const options = {
    ...(ca === undefined ? {} : { credentials: credentials.createSsl(ca) }),
    ...(token === undefined ? {} : { token }),
  };
  const probe = new TriptychClient(address, { ...options, timeoutMs: GREETING_MS });
  try {
    await probe.listModels();
  } catch (thrown) {
    if (!isCallError(thrown)) throw thrown;
    // A token that may not list models may yet encode.
    if (thrown.details?.reason !== 'METHOD_DENIED') throw await explained(thrown, address, ca);
  } finally {
    probe.close();
  }
  return new TriptychClient(address, { ...options, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
}

async function explained(error: CallError, address: string, ca: Buffer | undefined): Promise<Error> {
  if (error.details) return error;
  const why = await reasonOf(error, address, ca);
  return new TriptychError('CONFIG_INVALID', `--server ${address}: ${why}`, { cause: error });
}

async function reasonOf(error: CallError, address: string, ca: Buffer | undefined): Promise<string> {
  if (error.code === UNIMPLEMENTED) return 'a gRPC server answers, but it is not a Triptych server';
  if (error.code !== UNAVAILABLE && error.code !== DEADLINE_EXCEEDED)
    return `what answers is not a Triptych server (${error.message.trim()})`;
  const why = await whyUnreachable(address, ca);
  return why ?? `what listens there does not answer as a gRPC server does (${error.message.trim()})`;
}

function checkAddress(address: string): void {
  const scheme = /^https?:\/\/(.*?)\/?$/.exec(address);
  const isNamed = hostAndPort(address) !== undefined || /^(unix|dns|ipv4|ipv6|xds):/.test(address);
  if (!scheme && isNamed) return;
  const hint = scheme ? `; leave out the scheme: --server ${scheme[1]}` : ', as in 127.0.0.1:50051';
  throw new TriptychError('CONFIG_INVALID', `--server ${address}: expected HOST:PORT or unix:PATH${hint}`);
}

async function readAuthorities(path: string): Promise<Buffer> {
  const pem = await readFile(path).catch((cause: unknown) => {
    throw new TriptychError('CONFIG_INVALID', `--tls-ca ${path}: ${problemOf(cause)}`, { cause });
  });
  try {
    new X509Certificate(pem);
  } catch (cause) {
    throw new TriptychError('CONFIG_INVALID', `--tls-ca ${path}: expected certificates in PEM`, { cause });
  }
  return pem;
}

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** A misfortune that befalls a request; returns true where it has answered it. */
export type Misfortune = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface FakeHub {
  readonly endpoint: string;
  /** Method, path and range of every request, in order. */
  readonly requests: string[];
  /** Asked before each request is answered. */
  misfortune: Misfortune | undefined;
  close(): Promise<void>;
}

/**
 * A server that speaks the part of the hub's protocol that a pull uses: revisions, paths, files by redirect to another
 * address, ranges and etags, tokens. Large files (.safetensors) are announced by sha256, others by git's hash.
 */
export async function startFakeHub(
  model: string,
  files: Readonly<Record<string, Uint8Array>>,
  { token, commit = COMMIT }: { readonly token?: string; readonly commit?: string } = {},
): Promise<FakeHub> {
  const requests: string[] = [];
  const hub: { misfortune: Misfortune | undefined } = { misfortune: undefined };
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://hub');
    requests.push([request.method, url.pathname, request.headers.range].filter(Boolean).join(' '));
    if (hub.misfortune?.(request, response)) return;
    if (token !== undefined && !url.pathname.startsWith('/cdn/')) {
      const given = request.headers.authorization;
      if (given !== `Bearer ${token}`)
        return void answer(response, given ? 403 : 401, { error: 'Access denied' });
    }
    if (url.pathname.startsWith(`/api/models/${model}/revision/`)) {
      const revision = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
      if (!['main', 'v1', commit].includes(revision))
        return void answer(response, 404, { error: 'No such revision' });
      return void answer(response, 200, { _id: '1', id: model, sha: commit });
    }
    if (url.pathname === `/api/models/${model}/paths-info/${commit}`) {
      void read(request).then((body) => {
        const { paths } = JSON.parse(body) as { paths: string[] };
        answer(
          response,
          200,
          paths.flatMap((path) => (path in files ? [infoOf(path, files[path])] : [])),
        );
      });
      return;
    }
    const [, path] = new RegExp(`^/${model}/resolve/${commit}/(.+)$`).exec(url.pathname) ?? [];
    if (path !== undefined && path in files) {
      const { hash } = hashOf(path, files[path]);
      // Large files lie elsewhere.
      if (path.endsWith('.safetensors')) {
        response.writeHead(302, { location: `${cdn}/cdn/${path}`, 'x-linked-etag': `"${hash}"` }).end();
        return;
      }
      return void send(request, response, files[path], hash);
    }
    const stored = url.pathname.startsWith('/cdn/') ? url.pathname.slice(5) : '';
    if (stored in files)
      return void send(request, response, files[stored], hashOf(stored, files[stored]).hash);
    answer(response, 404, { error: 'Repository not found' });
  };
  const servers = [createServer(handle), createServer(handle)];
  const [endpoint, cdn] = await Promise.all(servers.map(listen));
  return Object.assign(hub, {
    endpoint,
    requests,
    close: async () => {
      await Promise.all(servers.map(close));
    },
  });
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function send(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array, hash: string): void {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const headers = { etag: `"${hash}"`, 'accept-ranges': 'bytes' };
  if (first === undefined) {
    response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes);
    return;
  }
  const end = last ? Math.min(Number(last) + 1, bytes.length) : bytes.length;
  const part = bytes.subarray(Number(first), end);
  const range = `bytes ${first}-${end - 1}/${bytes.length}`;
  response.writeHead(206, { ...headers, 'content-range': range, 'content-length': part.length }).end(part);
}

function infoOf(path: string, bytes: Uint8Array) {
  const { hash, isLarge } = hashOf(path, bytes);
  const lfs = { oid: hash, size: bytes.length, pointerSize: 134 };
  return {
    path,
    type: 'file',
    size: bytes.length,
    oid: isLarge ? gitHash(lfs) : hash,
    ...(isLarge ? { lfs } : {}),
  };
}

function hashOf(path: string, bytes: Uint8Array): { hash: string; isLarge: boolean } {
  const isLarge = path.endsWith('.safetensors');
  return { hash: isLarge ? createHash('sha256').update(bytes).digest('hex') : gitBlob(bytes), isLarge };
}

const gitBlob = (bytes: Uint8Array) =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
const gitHash = ({ oid }: { oid: string }) => gitBlob(Buffer.from(oid));

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

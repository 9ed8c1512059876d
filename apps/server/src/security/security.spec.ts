import { once } from 'node:events';
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { credentials } from '@grpc/grpc-js';
import { TriptychClient } from '@triptych/client';
import { silentLogger } from '@triptych/core';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../compose.js';
import { type Flags, readConfig } from '../config/read-config.js';
import { demoModel } from '../testing/harness.js';
import { tokenHash } from './token-file.js';

interface Pair {
  readonly cert: string;
  readonly key: string;
}

let work: string;
let authority: Pair;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-security-'));
  authority = await certificate('test authority');
});
afterAll(() => rm(work, { recursive: true }));

/** A certificate for localhost, or of an authority where there is no issuer. */
async function certificate(name: string, issuer?: Pair): Promise<Pair> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: !issuer, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
    ...(issuer ? { ca: issuer } : {}),
  });
  return { cert, key };
}

async function file(name: string, content: string): Promise<string> {
  const path = join(work, name);
  await writeFile(path, content);
  return path;
}

async function serve(flags: Flags): Promise<RunningServer> {
  const config = { models: [demoModel], listen: '127.0.0.1:0', drainMs: 0, ...flags };
  return startServer(readConfig(config, {}), silentLogger);
}

/** Lists models with a new connection. */
async function ask(address: string, ca: string | undefined, pair?: Pair, token?: string): Promise<string[]> {
  const buffer = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
  const secured = credentials.createSsl(buffer(ca), buffer(pair?.key), buffer(pair?.cert));
  const at = address.replace('127.0.0.1', 'localhost');
  const client = new TriptychClient(at, {
    ...(ca === undefined ? {} : { credentials: secured }),
    ...(token === undefined ? {} : { token }),
    timeoutMs: 3000,
  });
  try {
    return (await client.listModels()).map(({ name }) => name);
  } finally {
    client.close();
  }
}

describe('TLS', () => {
  it('serves with a certificate, and with another once the files have changed', async () => {
    const first = await certificate('first', authority);
    const [tlsCert, tlsKey] = [await file('server.pem', first.cert), await file('server.key', first.key)];
    const server = await serve({ tlsCert, tlsKey, tlsReloadMs: 100 });
    try {
      expect(await ask(server.address, authority.cert)).toEqual(['demo-whisper']);
      const client = new TriptychClient(server.address.replace('127.0.0.1', 'localhost'), {
        credentials: credentials.createSsl(Buffer.from(authority.cert)),
      });
      await client.listModels();
      const other = await certificate('other authority');
      const second = await certificate('second', other);
      // A key that does not belong to the certificate, then none at all: the pair before them goes on being served.
      await writeFile(tlsKey, second.key);
      await sleep(500);
      expect(await ask(server.address, authority.cert)).toEqual(['demo-whisper']);
      await rm(tlsKey);
      await sleep(500);
      expect(await ask(server.address, authority.cert)).toEqual(['demo-whisper']);
      await Promise.all([writeFile(tlsKey, second.key), writeFile(tlsCert, second.cert)]);
      await expect
        .poll(() => ask(server.address, other.cert).catch(() => 'refused'))
        .toEqual(['demo-whisper']);
      await expect(ask(server.address, authority.cert)).rejects.toMatchObject({ code: 14 });
      // A connection that was open when they changed stays.
      expect(await client.listModels()).toHaveLength(1);
      client.close();
    } finally {
      await server.drain();
    }
  });

  it('asks clients for a certificate of its authority', async () => {
    const pair = await certificate('server', authority);
    const flags = {
      tlsCert: await file('mutual.pem', pair.cert),
      tlsKey: await file('mutual.key', pair.key),
      tlsClientCa: await file('ca.pem', authority.cert),
    };
    const server = await serve(flags);
    try {
      const known = await certificate('client', authority);
      const stranger = await certificate('stranger', await certificate('other authority'));
      expect(await ask(server.address, authority.cert, known)).toEqual(['demo-whisper']);
      await expect(ask(server.address, authority.cert)).rejects.toMatchObject({ code: 14 });
      await expect(ask(server.address, authority.cert, stranger)).rejects.toMatchObject({ code: 14 });
    } finally {
      await server.drain();
    }
  });

  it('goes on with the authorities it had while one of those in their file is damaged', async () => {
    const [pair, other] = [await certificate('server', authority), await certificate('other authority')];
    // Some say in their files what they trust no longer.
    const whole = `${authority.cert.replaceAll(/^/gm, '# ')}\n${authority.cert}\n${other.cert}`;
    // The second of two, the file having been written so far.
    const damaged = whole.slice(0, whole.length - other.cert.length / 2);
    const tlsClientCa = await file('bundle.pem', damaged);
    const flags = {
      tlsCert: await file('bundled.pem', pair.cert),
      tlsKey: await file('bundled.key', pair.key),
      tlsClientCa,
      tlsReloadMs: 100,
    };
    await expect(serve(flags)).rejects.toThrow(/bundle.pem: certificate 2 of 2 is damaged/);
    await writeFile(tlsClientCa, whole);
    const server = await serve(flags);
    try {
      const known = await certificate('client', other);
      expect(await ask(server.address, authority.cert, known)).toEqual(['demo-whisper']);
      await writeFile(tlsClientCa, damaged);
      await sleep(500);
      expect(await ask(server.address, authority.cert, known)).toEqual(['demo-whisper']);
      await writeFile(tlsClientCa, authority.cert);
      await expect
        .poll(() => ask(server.address, authority.cert, known).catch(() => 'refused'))
        .toBe('refused');
    } finally {
      await server.drain();
    }
  });

  it('tells callers apart by the names of their certificates, over all of their connections', async () => {
    const pair = await certificate('server', authority);
    const flags = {
      tlsCert: await file('callers.pem', pair.cert),
      tlsKey: await file('callers.key', pair.key),
      tlsClientCa: await file('callers-ca.pem', authority.cert),
      maxCalls: 20,
    };
    const server = await serve(flags);
    const clients: TriptychClient[] = [];
    /** Streams that a caller can open over a new connection. */
    const openAll = async ({ cert, key }: Pair) => {
      const client = new TriptychClient(server.address.replace('127.0.0.1', 'localhost'), {
        credentials: credentials.createSsl(Buffer.from(authority.cert), Buffer.from(key), Buffer.from(cert)),
        ownConnections: true,
      });
      clients.push(client);
      for (let count = 0; ; count++) {
        const stream = client.streamAudio();
        stream.configure({ format: { encoding: 1, sampleRateHz: 16_000 } });
        try {
          await stream[Symbol.asyncIterator]().next();
        } catch (thrown) {
          expect(thrown).toMatchObject({ details: { reason: 'OVERLOADED' } });
          return count;
        }
      }
    };
    try {
      const [first, second] = [await certificate('first', authority), await certificate('second', authority)];
      expect(await openAll(first)).toBe(10);
      expect(await openAll(first)).toBe(0);
      expect(await openAll(await certificate('first', authority))).toBe(0);
      expect(await openAll(second)).toBe(8);
    } finally {
      for (const client of clients) client.close();
      await server.drain();
    }
  }, 20_000);

  describe('of a client that never ends its handshake', () => {
    let flags: Flags;
    const opened: Socket[] = [];
    beforeAll(async () => {
      const pair = await certificate('server', authority);
      const [tlsCert, tlsKey] = [await file('silent.pem', pair.cert), await file('silent.key', pair.key)];
      flags = { tlsCert, tlsKey, http: '127.0.0.1:0' };
    });
    afterEach(() => opened.splice(0).forEach((socket) => socket.destroy()));

    /** Connections, one after the other, that say nothing. */
    const open = async (address: string | undefined, count = 1) => {
      const [host, port] = (address ?? '').split(':');
      const sockets: Socket[] = [];
      for (; sockets.length < count;) {
        const socket = connect(Number(port), host).on('error', () => undefined);
        await once(socket.resume(), 'connect');
        sockets.push(socket);
      }
      opened.push(...sockets);
      return sockets;
    };
    const closed = ({ destroyed }: Socket) => destroyed;

    it('is cut when the server has ended', async () => {
      const server = await serve(flags);
      const sockets = [...(await open(server.address)), ...(await open(server.httpAddress))];
      await server.drain();
      await expect.poll(() => sockets.every(closed)).toBe(true);
    });

    it('is cut after ten seconds, whatever it sends meanwhile', async () => {
      const server = await serve(flags);
      try {
        const sockets = [...(await open(server.address)), ...(await open(server.httpAddress, 2))];
        // The beginning of a TLS record of 512 bytes, and then one of them each second.
        sockets[0]?.write(Buffer.from([0x16, 3, 1, 2, 0]));
        const sending = setInterval(() => sockets[0]?.write(Buffer.of(1)), 1000);
        await sleep(8000);
        expect(sockets.some(closed)).toBe(false);
        await expect.poll(() => sockets.every(closed), { timeout: 5000 }).toBe(true);
        clearInterval(sending);
      } finally {
        await server.drain();
      }
    }, 20_000);

    it('counts as a connection', async () => {
      const server = await serve({ ...flags, maxConnections: 4 });
      try {
        const sockets = await open(server.address, 6);
        await expect.poll(() => sockets.filter(closed).length).toBe(2);
        await expect(ask(server.address, authority.cert)).rejects.toMatchObject({ code: 14 });
      } finally {
        await server.drain();
      }
    });
  });

  it('of files that are missing or do not fit is refused at the start', async () => {
    const [pair, other] = [await certificate('a', authority), await certificate('b', authority)];
    const [tlsCert, tlsKey] = [await file('a.pem', pair.cert), await file('b.key', other.key)];
    await expect(serve({ tlsCert, tlsKey })).rejects.toMatchObject({ reason: 'CONFIG_INVALID' });
    await expect(serve({ tlsCert, tlsKey: join(work, 'none') })).rejects.toThrow(
      /--tls-key: .+none: no such file/,
    );
    const [cert, key] = [await file('c.pem', pair.cert), await file('c.key', pair.key)];
    const tlsClientCa = await file('empty-ca.pem', '');
    await expect(serve({ tlsCert: cert, tlsKey: key, tlsClientCa })).rejects.toThrow(/empty-ca.pem: /);
    await expect(serve({ tlsCert })).rejects.toThrow(/--tls-cert and --tls-key/);
  });
});

describe('bearer tokens', () => {
  const entry = (token: string, methods: string[]) => ({
    name: `of ${token}`,
    sha256: tokenHash(token),
    methods,
  });
  const tokensOf = (...entries: object[]) => JSON.stringify({ tokens: entries });

  it('open the methods that they are for, and change without a restart', async () => {
    const tokens = await file(
      'tokens.json',
      tokensOf(
        entry('reader', ['/triptych.v1.Models/*']),
        entry('encoder', ['/triptych.v1.AudioEncoder/Encode']),
      ),
    );
    const server = await serve({ tokens, metricsListen: '127.0.0.1:0' });
    const call = (token?: string) => ask(server.address, undefined, undefined, token);
    try {
      expect(await call('reader')).toEqual(['demo-whisper']);
      await expect(call()).rejects.toMatchObject({ code: 16, details: { reason: 'TOKEN_MISSING' } });
      await expect(call('guess')).rejects.toMatchObject({ code: 16, details: { reason: 'TOKEN_MISSING' } });
      await expect(call('encoder')).rejects.toMatchObject({ code: 7, details: { reason: 'METHOD_DENIED' } });
      const stream = new TriptychClient(server.address);
      await expect(stream.streamAudio()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 16 });
      stream.close();

      await writeFile(tokens, 'broken');
      await sleep(1200);
      expect(await call('reader')).toHaveLength(1);
      await writeFile(tokens, tokensOf(entry('fresh', ['*'])));
      await expect.poll(() => call('fresh').catch(() => [])).toHaveLength(1);
      await expect(call('reader')).rejects.toMatchObject({ code: 16 });
      // A copy that keeps its time, as cp -p makes it.
      const { atime, mtime } = await stat(tokens);
      await writeFile(tokens, tokensOf(entry('newer', ['*'])));
      await utimes(tokens, atime, mtime);
      await expect.poll(() => call('newer').catch(() => []), { timeout: 5000 }).toHaveLength(1);
      await expect(call('fresh')).rejects.toMatchObject({ code: 16 });

      const metrics = await (await fetch(`http://${server.metricsAddress}/metrics`)).text();
      const refused =
        /triptych_calls_total\{method="\/triptych.v1.Models\/List",code="UNAUTHENTICATED"\} (\d+)/.exec(
          metrics,
        );
      // Four by name, and each try until a file was read again.
      expect(Number(refused?.[1])).toBeGreaterThanOrEqual(4);
    } finally {
      await server.drain();
    }
  });

  it('that are guessed are answered ever more slowly, and known ones as ever', async () => {
    const tokens = await file('guessed.json', tokensOf(entry('known', ['*'])));
    const server = await serve({ tokens, authFailures: 1, metricsListen: '127.0.0.1:0' });
    const client = (token: string) => new TriptychClient(server.address, { token });
    const [guesser, honest] = [client('guess'), client('known')];
    const timed = async (call: Promise<unknown>) => {
      const started = performance.now();
      await call;
      return performance.now() - started;
    };
    try {
      const guess = () => expect(guesser.listModels()).rejects.toMatchObject({ code: 16 });
      for (let i = 0; i < 10; i++) await guess();
      expect(await timed(guess())).toBeGreaterThan(950);
      const slowed = guess();
      expect(await honest.listModels()).toHaveLength(1);
      await slowed;
      const metrics = await (await fetch(`http://${server.metricsAddress}/metrics`)).text();
      expect(metrics).toMatch(/authentication_failures_total\{answer="answered"\} 10/);
      expect(metrics).toMatch(/authentication_failures_total\{answer="slowed"\} 2/);
    } finally {
      guesser.close();
      honest.close();
      await server.drain();
    }
  }, 20_000);

  it.each([
    ['{"tokens": [{"name": "a", "sha256": "secret in the clear"}]}', /tokens.0.sha256: expected sha256/],
    ['{"tokens": [{"name": "a"}]}', /tokens.0.sha256/],
    ['[]', /not a token file/],
  ])('of a broken file are refused at the start: %s', async (content, message) => {
    const tokens = await file('broken.json', content);
    await expect(serve({ tokens })).rejects.toThrow(message);
  });
});

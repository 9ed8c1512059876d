import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { basename, dirname } from 'node:path';
import {
  type ClientReadableStream,
  credentials,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
} from '@grpc/grpc-js';
import { service as published } from 'grpc-health-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkHealth } from '../../testing/check-health.js';
import { demoClip, serveDemo, type TestServer } from '../../testing/harness.js';
import { metric } from '../../testing/metric.js';
import { HealthService } from './health-service.js';
import { Watch } from './watch.js';

interface Answer {
  readonly status: string;
}
interface HealthClient {
  watch(request: { service: string }): ClientReadableStream<Answer>;
  list(
    request: object,
    done: (error: Error | null, answer: { statuses: Record<string, Answer> }) => void,
  ): void;
  close(): void;
}
const Client = makeGenericClientConstructor(published, 'Health');

let test: TestServer;
let health: HealthClient;
const connectHealth = (address: string) =>
  new Client(address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  }) as unknown as HealthClient;
beforeAll(async () => {
  test = await serveDemo({ metricsListen: '127.0.0.1:0' });
  health = connectHealth(test.server.address);
});
afterAll(() => {
  health.close();
  return test.close();
});

const audio = 'triptych.v1.AudioEncoder';
const first = async (watch: ClientReadableStream<Answer>) =>
  ((await once(watch, 'data')) as [Answer])[0].status;
const ending = async (watch: ClientReadableStream<Answer>) =>
  ((await once(watch, 'error')) as [{ code: number; details: string }])[0];

describe('health', () => {
  it('answers for the server and each service, and lists them', async () => {
    expect(await checkHealth(test.server.address)).toBe('SERVING');
    expect(await checkHealth(test.server.address, audio)).toBe('SERVING');
    expect(await checkHealth(test.server.address, 'triptych.v1.ImageEncoder')).toBe('NOT_SERVING');
    const listed = await new Promise((resolve) =>
      health.list({}, (_error, { statuses }) => resolve(statuses)),
    );
    expect(listed).toMatchObject({ '': { status: 'SERVING' }, [audio]: { status: 'SERVING' } });
  });

  it('says of a name that is not served nothing but that', async () => {
    await expect(checkHealth(test.server.address, 'x'.repeat(60_000))).rejects.toMatchObject({
      code: 5,
      details: 'no service of this name is served; List names those that are',
    });
  });

  it('tells a watch of a name that is not served yet once a model of it comes, and when it goes', async () => {
    const changing = await serveDemo({ modelControl: true, modelRoots: [dirname(demoClip)] });
    const client = connectHealth(changing.server.address);
    const names = ['pictures', 'alias', 'never'];
    const told = names.map((service) => {
      const statuses: string[] = [];
      const watch = client.watch({ service }).on('error', () => undefined);
      watch.on('data', ({ status }: Answer) => statuses.push(status));
      return statuses;
    });
    await expect.poll(() => told).toEqual([['SERVICE_UNKNOWN'], ['SERVICE_UNKNOWN'], ['SERVICE_UNKNOWN']]);
    await expect(checkHealth(changing.server.address, 'pictures')).rejects.toMatchObject({ code: 5 });
    await changing.client.loadModel({ model: 'pictures', path: basename(demoClip), aliases: ['alias'] });
    expect(await checkHealth(changing.server.address, 'pictures')).toBe('SERVING');
    const come = ['SERVICE_UNKNOWN', 'NOT_SERVING', 'SERVING'];
    await expect.poll(() => told).toEqual([come, [come[0], come[2]], ['SERVICE_UNKNOWN']]);
    await changing.client.unloadModel({ model: 'pictures' });
    await expect.poll(() => told[0]).toEqual([...come, 'NOT_SERVING']);
    await changing.server.models.forget('pictures');
    await expect.poll(() => told[0]).toEqual([...come, 'NOT_SERVING', 'SERVICE_UNKNOWN']);
    await expect(checkHealth(changing.server.address, 'alias')).rejects.toMatchObject({ code: 5 });
    client.close();
    await changing.close();
  });

  it('keeps a watch open whose name is too long to be one', async () => {
    const watch = health.watch({ service: 'x'.repeat(257) }).on('error', () => undefined);
    expect(await first(watch)).toBe('SERVICE_UNKNOWN');
    expect(watch.readableEnded).toBe(false);
    watch.cancel();
  });

  it('tells watches of a change, then ends them, where the server shuts down', async () => {
    const draining = await serveDemo({ drainMs: 60_000 });
    const client = connectHealth(draining.server.address);
    const watches = [audio, '', 'nothing.v1'].map((name) => client.watch({ service: name }));
    expect(await Promise.all(watches.map(first))).toEqual(['SERVING', 'SERVING', 'SERVICE_UNKNOWN']);
    const changed = Promise.all(watches.slice(0, 2).map(first));
    const ended = Promise.all(watches.map(ending));
    await draining.close();
    expect(await changed).toEqual(['NOT_SERVING', 'NOT_SERVING']);
    expect((await ended).map(({ code }) => code)).toEqual([14, 14, 14]);
    client.close();
  });

  it('shares the watches among connections, and takes others once they end', async () => {
    const service = new HealthService([audio], 96);
    const server = new Server();
    server.addService(service.definition, service.handlers);
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const [client, other] = [0, 1].map(() => connectHealth(`127.0.0.1:${port}`));
    const open = (by: HealthClient) => by.watch({ service: audio }).on('error', () => undefined);
    const watches = Array.from({ length: 48 }, () => open(client));
    await Promise.all(watches.map(first));
    expect(service.watches).toBe(48);
    expect(await ending(client.watch({ service: audio }))).toMatchObject({ code: 8 });
    expect(await first(open(other))).toBe('NOT_SERVING');
    for (const watch of watches) watch.cancel();
    const another = async () => {
      const watch = client.watch({ service: audio }).on('error', () => undefined);
      return first(watch)
        .catch(() => 'refused')
        .finally(() => watch.cancel());
    };
    await expect.poll(another).toBe('NOT_SERVING');
    client.close();
    other.close();
    server.forceShutdown();
  });
});

describe('probes that say nothing', () => {
  const probe = (session: ClientHttp2Session) =>
    session
      .request({
        ':method': 'POST',
        ':path': '/grpc.health.v1.Health/Check',
        'content-type': 'application/grpc',
        te: 'trailers',
      })
      .on('error', () => undefined);

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a message without an end', Buffer.alloc(5)],
  ])('make room for others, the oldest first: %s', async (_what, said) => {
    const sessions = [0, 1].map(() => connect(`http://${test.server.address}`));
    const before = await metric(test, 'triptych_calls_ended_total{reason="silent"}');
    const oldest = probe(sessions[0]);
    if (said.length > 0) oldest.write(said);
    const ended = once(oldest, 'response');
    await new Promise<void>((resolve) => sessions[0].ping(() => resolve()));
    const silent = sessions.flatMap((session) =>
      Array.from({ length: 700 }, () => {
        const stream = probe(session);
        if (said.length > 0) stream.write(said);
        return stream;
      }),
    );
    expect((await ended)[0]).toMatchObject({ 'grpc-status': '8' });
    expect(await checkHealth(test.server.address)).toBe('SERVING');
    // The youngest is still heard.
    const youngest = silent[silent.length - 1];
    const answer = once(youngest, 'trailers');
    youngest.resume().end(said.length > 0 ? undefined : Buffer.alloc(5));
    expect((await answer)[0]).toMatchObject({ 'grpc-status': '0' });
    // 1024 may be open.
    expect(await metric(test, 'triptych_calls_ended_total{reason="silent"}')).toBe(before + 1401 - 1024);
    for (const session of sessions) session.destroy();
  });
});

describe('a watch whose client does not read', () => {
  it('tells the newest status once it does, and none twice', () => {
    const told: string[] = [];
    let hasRoom = false;
    const watch = new Watch<string>((status) => {
      told.push(status);
      return hasRoom;
    });
    for (const status of ['SERVING', 'NOT_SERVING', 'SERVING', 'NOT_SERVING']) watch.tell(status);
    expect(told).toEqual(['SERVING']);
    hasRoom = true;
    watch.drained();
    watch.tell('NOT_SERVING');
    expect(told).toEqual(['SERVING', 'NOT_SERVING']);
  });
});

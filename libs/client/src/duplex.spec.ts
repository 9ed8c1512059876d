import { once } from 'node:events';
import {
  type ClientDuplexStream,
  Client,
  credentials,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuplex } from './duplex.js';

const pass = (bytes: Buffer) => bytes;
const method = {
  path: '/test.Echo/Stream',
  requestStream: true,
  responseStream: true,
  requestSerialize: pass,
  requestDeserialize: pass,
  responseSerialize: pass,
  responseDeserialize: pass,
};

let server: Server;
let client: Client;
let calls: ServerDuplexStream<Buffer, Buffer>[] = [];
beforeAll(async () => {
  server = new Server();
  // Answers once, and reads nothing: whoever sends has to wait.
  const answer = (call: ServerDuplexStream<Buffer, Buffer>) => {
    calls.push(call);
    call.write(Buffer.from('ready'));
  };
  server.addService({ Stream: method }, { Stream: answer });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
});
afterAll(() => {
  client.close();
  server.forceShutdown();
});

describe('a call of both ways', () => {
  it('ends where its answers are read no more, and lets go of who still sends', async () => {
    calls = [];
    const call: ClientDuplexStream<Buffer, Buffer> = client.makeBidiStreamRequest(method.path, pass, pass);
    const duplex = openDuplex(call);
    const sending = (async () => {
      for (let i = 0; i < 64; i++) await duplex.send(Buffer.alloc(256 * 1024));
    })();
    for await (const answer of duplex) {
      expect(answer.toString()).toBe('ready');
      break;
    }
    await sending;
    if (!calls[0].cancelled) await once(calls[0], 'cancelled');
    expect(calls[0].cancelled).toBe(true);
  });
});

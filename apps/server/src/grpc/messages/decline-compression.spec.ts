import {
  Client,
  compressionAlgorithms,
  credentials,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServiceError,
} from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import { expect, it } from 'vitest';
import { onHttp2Server } from '../http2/http2-servers.js';
import { boundMessages } from './bound-messages.js';

it('compressed messages are declined where grpc-js is not the one that can be bounded', async () => {
  const bounds = boundMessages(
    { maxMessageBytes: 100_000, queueBytes: 1_000_000, streamImages: 1, maxTexts: 1, maxClips: 1 },
    new Map(),
  );
  // What wraps grpc-js's own call hides it, as another version would.
  const server = new Server({
    interceptors: [(_method, call) => new ServerInterceptingCall(call, {}), bounds.interceptor],
  });
  onHttp2Server(server, (http2) => bounds.prepare(http2));
  server.addService(service, {
    check: (_call: unknown, done: (error: null, answer: object) => void) => done(null, { status: 'SERVING' }),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const whole = (bytes: Buffer) => bytes;
  const code = async (algorithm: compressionAlgorithms) => {
    const options = { 'grpc.default_compression_algorithm': algorithm };
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
    const path = '/grpc.health.v1.Health/Check';
    const found = await new Promise<number>((resolve) =>
      client.makeUnaryRequest(path, whole, whole, Buffer.from('\n\x01a'), (error: ServiceError | null) =>
        resolve(error?.code ?? 0),
      ),
    );
    client.close();
    return found;
  };
  // The first call shows it.
  await code(compressionAlgorithms.identity);
  expect(await code(compressionAlgorithms.gzip)).toBe(12);
  expect(await code(compressionAlgorithms.identity)).toBe(0);
  server.forceShutdown();
});

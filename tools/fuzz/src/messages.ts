import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { mutate } from './mutate.js';

const pass = (bytes: Buffer) => bytes;

/** Mutated protobuf messages, sent as they are to both methods. Returns how often each status came; none may hang. */
export async function fuzzMessages(
  address: string,
  request: Uint8Array,
  stream: readonly Uint8Array[],
  count: number,
  next: () => number,
): Promise<Map<string, number>> {
  const client = new Client(address, credentials.createInsecure());
  const outcomes = new Map<string, number>();
  const unary = () =>
    new Promise<ServiceError | null>((resolve) => {
      const options = { deadline: Date.now() + 20_000 };
      client.makeUnaryRequest(
        '/triptych.v1.AudioEncoder/Encode',
        pass,
        pass,
        Buffer.from(mutate(request, next)),
        options,
        resolve,
      );
    });
  const streamed = () =>
    new Promise<ServiceError | null>((resolve) => {
      const call = client.makeBidiStreamRequest('/triptych.v1.AudioEncoder/EncodeStream', pass, pass, {
        deadline: Date.now() + 20_000,
      });
      call.on('error', resolve);
      call.on('end', () => resolve(null));
      call.resume();
      const at = Math.floor(next() * stream.length);
      stream.forEach((message, i) => call.write(Buffer.from(i === at ? mutate(message, next) : message)));
      call.end();
    });
  for (let i = 0; i < count; i++) {
    const error = await (i % 2 === 0 ? unary() : streamed());
    const outcome = error ? status[error.code] : 'OK';
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  client.close();
  return outcomes;
}

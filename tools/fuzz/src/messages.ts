import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import { mutate } from './mutate.js';

const pass = (bytes: Buffer) => bytes;

/** A method, and the messages of a whole call of it. Those whose names end with Stream stream. */
export interface Method {
  readonly path: string;
  readonly messages: readonly Uint8Array[];
}

/** What no client's message may be answered with. */
const FAULTS = new Set(['INTERNAL', 'UNKNOWN', 'DEADLINE_EXCEEDED', 'UNAVAILABLE', 'DATA_LOSS']);

/**
 * Mutated protobuf messages, sent as they are to each method. Every one must be answered, by no fault of the server's. Returns how often each
 * status came.
 */
export async function fuzzMessages(
  address: string,
  methods: readonly Method[],
  count: number,
  next: () => number,
): Promise<Map<string, number>> {
  const client = new Client(address, credentials.createInsecure());
  const outcomes = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const method = methods[i % methods.length];
    const error = await call(client, method, next);
    const outcome = error ? status[error.code] : 'OK';
    if (error && FAULTS.has(outcome)) {
      const found = `message ${i} of ${method.path} was answered with ${outcome}: ${error.details}`;
      throw new TriptychError('INTERNAL', found);
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  client.close();
  return outcomes;
}

/** One call with one of its messages mutated. */
function call(client: Client, { path, messages }: Method, next: () => number): Promise<ServiceError | null> {
  const options = { deadline: Date.now() + 20_000 };
  const method = `/triptych.v1.${path}`;
  const at = Math.floor(next() * messages.length);
  const sent = messages.map((message, i) => Buffer.from(i === at ? mutate(message, next) : message));
  return new Promise((resolve) => {
    if (!path.endsWith('Stream')) {
      client.makeUnaryRequest(method, pass, pass, sent[0], options, resolve);
      return;
    }
    const stream = client.makeBidiStreamRequest(method, pass, pass, options);
    stream.on('error', resolve);
    stream.on('end', () => resolve(null));
    stream.resume();
    for (const message of sent) stream.write(message);
    stream.end();
  });
}

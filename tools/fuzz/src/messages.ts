import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import { faultIn, isFaultyStatus } from './faults.js';
import { mutate } from './mutate.js';

const DEADLINE_MS = 20_000;
const pass = (bytes: Buffer) => bytes;

/** A method, and the messages of a whole call of it. Those whose names end with Stream stream. */
export interface Method {
  readonly path: string;
  readonly messages: readonly Uint8Array[];
}

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
    const { status: outcome, fault } = await call(client, method, next);
    if (fault !== undefined)
      throw new TriptychError('INTERNAL', `message ${i} of ${method.path} was answered with ${fault}`);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  client.close();
  return outcomes;
}

/** How a call ended, and what was the server's fault in it. */
interface Outcome {
  readonly status: string;
  readonly fault: string | undefined;
}

/** One call with one of its messages mutated. */
function call(client: Client, { path, messages }: Method, next: () => number): Promise<Outcome> {
  const options = { deadline: Date.now() + DEADLINE_MS };
  const method = `/triptych.v1.${path}`;
  const at = Math.floor(next() * messages.length);
  const sent = messages.map((message, i) => Buffer.from(i === at ? mutate(message, next) : message));
  let fault: string | undefined;
  const look = (answer: Buffer | undefined) => (fault ??= answer && faultIn(answer));
  return new Promise((resolve) => {
    const end = (error: ServiceError | null) => {
      const name = error ? status[error.code] : 'OK';
      const isFaulty = isFaultyStatus(name) || name === 'DEADLINE_EXCEEDED';
      resolve({ status: name, fault: isFaulty ? `${name}: ${error?.details}` : fault });
    };
    if (!path.endsWith('Stream')) {
      client.makeUnaryRequest(method, pass, pass, sent[0], options, (error, answer) => {
        look(answer);
        end(error);
      });
      return;
    }
    const stream = client.makeBidiStreamRequest(method, pass, pass, options);
    stream.on('error', end);
    stream.on('end', () => end(null));
    stream.on('data', look);
    for (const message of sent) stream.write(message);
    stream.end();
  });
}

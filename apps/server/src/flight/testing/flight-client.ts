import { once } from 'node:events';
import {
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
} from '@grpc/grpc-js';
import { loadFlightPackage } from '@triptych/protocol';
import { type Table, tableFromIPC, tableToIPC } from 'apache-arrow';

/** A message of a stream as it goes over the wire. */
export interface Data {
  readonly flightDescriptor?: {
    readonly type: number;
    readonly cmd?: Buffer;
    readonly path?: string[];
  } | null;
  readonly dataHeader?: Buffer;
  readonly dataBody?: Buffer;
}

/** A client of Arrow Flight that sends whatever it is given. */
export interface FlightClient {
  readonly exchange: () => ClientDuplexStream<Data, Data>;
  readonly put: () => ClientDuplexStream<Data, { readonly appMetadata: Buffer }>;
  /** All answers to one request. */
  all<Answer>(method: string, request: object): Promise<Answer[]>;
  one<Answer>(method: string, request: object): Promise<Answer>;
  close(): void;
}

type Done = (error: Error | null, answer: never) => void;

export function connectFlight(address: string): FlightClient {
  const api = loadPackageDefinition(loadFlightPackage()) as unknown as {
    arrow: { flight: { protocol: { FlightService: new (...args: unknown[]) => Client } } };
  };
  const client = new api.arrow.flight.protocol.FlightService(address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  }) as Client & Record<string, (request?: object, done?: Done) => unknown>;
  return {
    exchange: () => client['DoExchange']() as ClientDuplexStream<Data, Data>,
    put: () => client['DoPut']() as ReturnType<FlightClient['put']>,
    all: async <Answer>(method: string, request: object) => {
      const stream = client[method](request) as ClientReadableStream<Answer>;
      return stream.toArray() as Promise<Answer[]>;
    },
    one: (method, request) =>
      new Promise((resolve, reject) => {
        client[method](request, (error, answer) => (error ? reject(error) : resolve(answer)));
      }),
    close: () => client.close(),
  };
}

export const command = (options: object) => ({ type: 2, cmd: Buffer.from(JSON.stringify(options)) });

/** A table as the messages that it is sent in: a schema, and a batch. */
export function messagesOf(table: Table): Data[] {
  return split(tableToIPC(table, 'stream'));
}

/** The messages of an IPC stream. */
export function split(stream: Uint8Array): Data[] {
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength);
  const found: Data[] = [];
  for (let at = 0; bytes.readInt32LE(at + 4) > 0;) {
    const length = bytes.readInt32LE(at + 4);
    const dataHeader = bytes.subarray(at + 8, at + 8 + length);
    // The length of the body is in the header; what begins the next message is searched for behind it.
    const next = bytes.indexOf(Buffer.from([255, 255, 255, 255]), at + 8 + length + bodyBytes(dataHeader));
    found.push({ dataHeader, dataBody: bytes.subarray(at + 8 + length, next) });
    at = next;
  }
  return found;
}

function bodyBytes(header: Buffer): number {
  const table = header.readUInt32LE(0);
  const vtable = table - header.readInt32LE(table);
  const offset = header.readUInt16LE(vtable) > 10 ? header.readUInt16LE(vtable + 10) : 0;
  return offset === 0 ? 0 : Number(header.readBigInt64LE(table + offset));
}

/** Messages of an answer as one table, by Arrow's own reader. */
export function tableOf(data: readonly Data[]): Table {
  const parts = data.flatMap(({ dataHeader, dataBody }) => {
    const prefix = Buffer.alloc(8, 255);
    prefix.writeInt32LE(dataHeader!.length, 4);
    return [prefix, dataHeader!, dataBody ?? Buffer.alloc(0)];
  });
  return tableFromIPC(Buffer.concat(parts));
}

/** Sends messages, ends, and gives all answers. Rejects with the call's status. */
export async function ask<Answer>(
  stream: ClientDuplexStream<Data, Answer>,
  data: readonly Data[],
): Promise<Answer[]> {
  const answers: Answer[] = [];
  stream.on('data', (answer: Answer) => answers.push(answer));
  const ended = once(stream, 'end');
  for (const one of data) stream.write(one);
  stream.end();
  await ended;
  return answers;
}

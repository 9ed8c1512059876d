import type { Client, ClientDuplexStream } from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import { loadFlightPackage } from '@triptych/protocol';
import { Binary, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';

/** What is sent over Arrow Flight: how an exchange begins, and a batch of it. */
export interface FlightLoad {
  readonly start: readonly Buffer[];
  readonly batch: Buffer;
  readonly rows: number;
}

interface Method {
  readonly path: string;
  requestSerialize(message: object): Buffer;
  responseDeserialize(bytes: Buffer): { readonly dataHeader: Buffer };
}

const { DoExchange: method } = loadFlightPackage()[
  'arrow.flight.protocol.FlightService'
] as unknown as Record<string, Method>;
const pass = (bytes: Buffer) => bytes;

/** The same items, and nothing but vectors and errors back. */
export function flightLoad(
  modality: string,
  elements: readonly Uint8Array[],
  options: Readonly<Record<string, unknown>> = {},
): FlightLoad {
  const column =
    modality === 'text'
      ? vectorFromArray(
          elements.map((bytes) => Buffer.from(bytes).toString()),
          new Utf8(),
        )
      : vectorFromArray([...elements], new Binary());
  const stream = Buffer.from(tableToIPC(new Table({ [modality]: column }), 'stream'));
  const end = 8 + stream.readInt32LE(4);
  const bodyAt = end + 8 + stream.readInt32LE(end + 4);
  const cmd = Buffer.from(JSON.stringify({ modality, columns: [], ...options }));
  const write = (message: object) => method.requestSerialize(message);
  return {
    start: [
      write({ flightDescriptor: { type: 2, cmd } }),
      write({ dataHeader: stream.subarray(8, end), dataBody: Buffer.alloc(0) }),
    ],
    // What ends the stream are its last 8 bytes.
    batch: write({ dataHeader: stream.subarray(end + 8, bodyAt), dataBody: stream.subarray(bodyAt, -8) }),
    rows: elements.length,
  };
}

/** An exchange to which batches are sent one by one, several of which may be under way. */
export class Exchange {
  readonly #stream: ClientDuplexStream<Buffer, Buffer>;
  /** Batches that are not answered, in the order of their answers. */
  #waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  constructor(
    client: Client,
    private readonly load: FlightLoad,
  ) {
    this.#stream = client.makeBidiStreamRequest(method.path, pass, pass);
    // The schema comes first.
    this.#stream.once('data', () => this.#stream.on('data', () => this.#waiting.shift()?.resolve()));
    this.#stream.on('error', (cause: Error) => {
      const error = new TriptychError('INTERNAL', 'an exchange failed', { cause });
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
    for (const message of load.start) this.#stream.write(message);
  }

  /** Sends a batch, which is answered by one message: it is shorter than what is answered together. */
  send(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#stream.write(this.load.batch);
    });
  }

  end(): void {
    this.#stream.end();
  }
}

/** Sends batches over one exchange as fast as they are taken, until all are answered. */
export function streamBatches(client: Client, load: FlightLoad, batches: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = client.makeBidiStreamRequest(method.path, pass, pass);
    stream.on('data', () => undefined);
    stream.once('error', reject);
    stream.once('end', () => resolve());
    for (const message of load.start) stream.write(message);
    const send = (left: number): void => {
      if (left === 0) stream.end();
      else if (stream.write(load.batch)) setImmediate(send, left - 1);
      else stream.once('drain', () => send(left - 1));
    };
    send(batches);
  });
}

import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import { loadFlightPackage } from '@triptych/protocol';
import {
  Binary,
  Dictionary,
  Field,
  Float32,
  Int32,
  List,
  Struct,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { mutate } from './mutate.js';
import type { Neighbour } from './neighbour.js';

interface Data {
  readonly flightDescriptor?: { readonly type: number; readonly cmd: Buffer };
  readonly dataHeader?: Buffer;
  readonly dataBody?: Buffer;
}

const { DoExchange: method } = loadFlightPackage()[
  'arrow.flight.protocol.FlightService'
] as unknown as Record<string, { readonly path: string; requestSerialize(message: object): Buffer }>;
const pass = (bytes: Buffer) => bytes;
/** An untouched call is made between so many. */
const EVERY = 50;
const IN_FLIGHT = 4;
/** Answers that are read of an exchange before it is left. */
const MOST_ANSWERS = 200;

/**
 * Exchanges of Arrow Flight whose flatbuffers, bodies, commands, order and protobuf are mutated. None may be answered by a fault of the
 * server's, and an untouched neighbour gets its vector. Returns how often each answer came.
 */
export async function fuzzFlight(
  address: string,
  content: { readonly audio: Uint8Array; readonly image: Uint8Array },
  neighbour: Neighbour,
  count: number,
  next: () => number,
): Promise<Map<string, number>> {
  const client = new Client(address, credentials.createInsecure());
  const wholes = exchanges(content);
  const outcomes = new Map<string, number>();
  let done = 0;
  const work = async () => {
    for (let i = done++; i < count; i = done++) {
      const outcome = await exchange(client, disturb(wholes[i % wholes.length], next));
      if (/^(INTERNAL|UNKNOWN|UNAVAILABLE|DEADLINE_EXCEEDED)/.test(outcome))
        throw new TriptychError('INTERNAL', `exchange ${i} was answered with ${outcome}`);
      const [named] = outcome.split(': ').slice(0, 2).join(' ').split(/[:;]/);
      const short = named.split(' ').slice(0, 2).join(' ');
      outcomes.set(short, (outcomes.get(short) ?? 0) + 1);
      if (i % EVERY === 0) await neighbour.check();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  await neighbour.check();
  client.close();
  return outcomes;
}

function exchanges({ audio, image }: { readonly audio: Uint8Array; readonly image: Uint8Array }): Data[][] {
  const words = ['a pizza', null, '☃'];
  const text = vectorFromArray(words, new Utf8());
  const nested = new Table({
    text,
    list: vectorFromArray([['x', 'y'], null, []], new List(new Field('item', new Utf8(), true))),
    record: vectorFromArray([{ a: 1 }, { a: 2 }, null], new Struct([new Field('a', new Int32(), true)])),
  });
  const ofTable = (modality: string, table: Table) => {
    const cmd = Buffer.from(
      JSON.stringify({ modality, columns: table.schema.names.filter((one) => one !== modality) }),
    );
    return [{ flightDescriptor: { type: 2, cmd } }, ...split(Buffer.from(tableToIPC(table, 'stream')))];
  };
  return [
    ofTable('text', new Table({ text })),
    ofTable('text', nested),
    ofTable('text', new Table({ text: vectorFromArray(words, new Dictionary(new Utf8(), new Int32())) })),
    ofTable('image', new Table({ image: vectorFromArray([image, null], new Binary()) })),
    ofTable('audio', new Table({ audio: vectorFromArray([audio], new Binary()) })),
    ofTable(
      'audio',
      new Table({
        audio: vectorFromArray(
          [Array<number>(3200).fill(0.1)],
          new List(new Field('item', new Float32(), true)),
        ),
      }),
    ),
  ];
}

/** The messages of an IPC stream. */
function split(stream: Buffer): Data[] {
  const found: Data[] = [];
  for (let at = 0; stream.readInt32LE(at + 4) > 0;) {
    const start = at + 8 + stream.readInt32LE(at + 4);
    const dataHeader = stream.subarray(at + 8, start);
    const table = dataHeader.readUInt32LE(0);
    const vtable = table - dataHeader.readInt32LE(table);
    const slot = dataHeader.readUInt16LE(vtable) > 10 ? dataHeader.readUInt16LE(vtable + 10) : 0;
    const body = slot === 0 ? 0 : Number(dataHeader.readBigInt64LE(table + slot));
    at = start + body;
    found.push({ dataHeader, dataBody: stream.subarray(start, at) });
  }
  return found;
}

const numbers = [
  0n,
  1n,
  2n,
  3n,
  7n,
  8n,
  9n,
  64n,
  255n,
  2n ** 15n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 64n - 1n,
];

/** Messages of an exchange, a few of which are not what they were. */
function disturb(whole: readonly Data[], next: () => number): Buffer[] {
  const below = (n: number) => Math.floor(next() * n);
  const data = [...whole];
  for (let left = 1 + below(3); left > 0; left--) {
    const at = below(data.length);
    const { flightDescriptor, dataHeader, dataBody } = data[at];
    const change = below(10);
    if (change === 0) data.splice(at, 1, data[below(data.length)]);
    else if (change === 1 && data.length > 1) data.splice(at, 1);
    else if (change === 2) data.splice(at, 0, data[at]);
    else if (flightDescriptor)
      data[at] = {
        flightDescriptor: { type: below(4), cmd: Buffer.from(mutate(flightDescriptor.cmd, next)) },
      };
    else if (change === 3 && dataBody)
      data[at] = { dataHeader, dataBody: dataBody.subarray(below(16), dataBody.length - below(16)) };
    else if (change === 4 && dataBody)
      data[at] = { dataHeader, dataBody: Buffer.from(mutate(dataBody, next)) };
    else if (change === 5 && dataHeader)
      data[at] = { dataHeader: Buffer.from(mutate(dataHeader, next)), dataBody };
    else if (dataHeader && dataHeader.length >= 16) {
      // Offsets, lengths, counts and kinds, where the format has them.
      const changed = Buffer.from(dataHeader);
      const number = numbers[below(numbers.length)];
      const width = [1, 2, 4, 8][below(4)];
      const place = width * below(Math.floor(changed.length / width));
      for (let i = 0; i < width; i++) changed[place + i] = Number((number >> BigInt(8 * i)) & 255n);
      data[at] = { dataHeader: changed, dataBody };
    }
  }
  return data.map((one) => {
    const bytes = method.requestSerialize(one);
    return next() < 0.05 ? Buffer.from(mutate(bytes, next)) : bytes;
  });
}

function exchange(client: Client, messages: readonly Buffer[]): Promise<string> {
  return new Promise((resolve) => {
    const call = client.makeBidiStreamRequest(method.path, pass, pass, { deadline: Date.now() + 20_000 });
    let answers = 0;
    call.on('data', () => {
      if (++answers === MOST_ANSWERS) call.cancel();
    });
    call.on('error', (error: ServiceError) => resolve(`${status[error.code]}: ${error.details}`));
    call.on('end', () => resolve('OK'));
    for (const message of messages) call.write(message);
    call.end();
  });
}

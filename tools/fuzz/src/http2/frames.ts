import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { TriptychClient } from '@triptych/client';
import { mutate } from '../mutate.js';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const SETTINGS = frame(4, 0, 0, Buffer.alloc(0));
/** What nobody has answered by then is waiting for more, as it may. */
const PATIENCE_MS = 150;
const MOST_FRAMES = 200;
const GOAWAY = 7;
const RST_STREAM = 3;

/** The bytes that a client sends for one call, by listening in on a real one. */
export async function recordCall(address: string): Promise<Buffer> {
  const [host, port] = address.split(':');
  const sent: Buffer[] = [];
  const sockets: Socket[] = [];
  const proxy = createServer((client) => {
    const server = connect(Number(port), host);
    sockets.push(client, server);
    client.on('data', (bytes) => sent.push(bytes));
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const client = new TriptychClient(`127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  await client.encodeTexts({ texts: ['a pizza', 'a volcano'] });
  client.close();
  for (const socket of sockets) socket.destroy();
  proxy.close();
  return Buffer.concat(sent);
}

/** Sends bytes that are not quite HTTP/2 on a connection of their own. What the server did. */
export function sendFrames(address: string, recorded: Buffer, next: () => number): Promise<string> {
  const [host, port] = address.split(':');
  const bytes = next() < 0.5 ? mutateFrames(recorded, next) : randomFrames(next);
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    const received: Buffer[] = [];
    let patience: NodeJS.Timeout | undefined;
    const end = (isClosed: boolean) => {
      clearTimeout(patience);
      socket.destroy();
      resolve(`frames: ${outcomeOf(Buffer.concat(received), isClosed)}`);
    };
    socket.on('connect', () => {
      socket.write(bytes);
      patience = setTimeout(() => end(false), PATIENCE_MS);
    });
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', () => end(true));
    socket.on('close', () => end(true));
  });
}

/** Past the preface: what is broken before it is no HTTP/2 at all, and ends there. */
function mutateFrames(recorded: Buffer, next: () => number): Buffer {
  return Buffer.concat([PREFACE, mutate(recorded.subarray(PREFACE.length), next)]);
}

/** Frames of every type, known or not, with flags, streams and lengths that come as they come; one kind in a row, at times. */
function randomFrames(next: () => number): Buffer {
  const below = (n: number) => Math.floor(next() * n);
  const isFlood = next() < 0.3;
  const [onlyType, count] = [below(11), 1 + below(isFlood ? MOST_FRAMES : 8)];
  const frames = Array.from({ length: count }, (_, i) => {
    const payload = Buffer.from(Array.from({ length: below(64) }, () => below(256)));
    const stream = next() < 0.2 ? 0 : isFlood ? 2 * i + 1 : below(16);
    const made = frame(isFlood ? onlyType : below(11), below(256), stream, payload);
    // A length that is not that of the payload.
    if (next() < 0.1) made.writeUIntBE(below(2 ** 24), 0, 3);
    return made;
  });
  return Buffer.concat([PREFACE, SETTINGS, ...frames]);
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function outcomeOf(received: Buffer, isClosed: boolean): string {
  const types = new Set<number>();
  for (let at = 0; at + 9 <= received.length; at += 9 + received.readUIntBE(at, 3))
    types.add(received[at + 3]);
  if (types.has(GOAWAY)) return 'GOAWAY';
  if (types.has(RST_STREAM)) return 'RST_STREAM';
  if (types.has(1)) return 'answered';
  return isClosed ? 'closed' : 'waits for more';
}

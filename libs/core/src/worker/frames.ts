import type { Readable, Writable } from 'node:stream';
import { deserialize, serialize } from 'node:v8';

/** A message's length comes before it, as an unsigned number of four bytes, little-endian. */
const HEADER_BYTES = 4;

/** Sends a message as V8 serialises it. Throws where it cannot be. */
export function sendFrame(pipe: Writable, message: unknown): void {
  const body = serialize(message);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(body.length);
  pipe.cork();
  pipe.write(header);
  pipe.write(body);
  pipe.uncork();
}

/** Told what comes through a pipe. */
export interface FrameEvents {
  message(message: unknown): void;
  /** Once: what comes is no message, or a longer one than is read. Nothing is read any more. */
  broken(why: string): void;
}

/** Reads messages that the other end sends by {@link sendFrame}, of so many bytes at most. */
export function readFrames(pipe: Readable, mostBytes: number, events: FrameEvents): void {
  const reader = new FrameReader(mostBytes);
  const hear = (chunk: Buffer) => {
    reader.add(chunk);
    for (let frame = next(); frame; frame = next()) events.message(frame.message);
  };
  const next = () => {
    try {
      return reader.next();
    } catch (thrown) {
      pipe.off('data', hear).resume();
      events.broken((thrown as Error).message);
      return undefined;
    }
  };
  pipe.on('data', hear);
}

/** Makes messages of the pieces that a pipe gives. */
class FrameReader {
  #chunks: Buffer[] = [];
  #held = 0;
  /** Of the message that is being read, once it is known. */
  #length: number | undefined;

  constructor(private readonly mostBytes: number) {}

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
  }

  /** Undefined until one is there as a whole. Throws for what is none. */
  next(): { readonly message: unknown } | undefined {
    this.#length ??= this.#take(HEADER_BYTES)?.readUInt32LE();
    if (this.#length === undefined) return undefined;
    if (this.#length > this.mostBytes)
      throw new RangeError(`${this.#length} bytes; expected at most ${this.mostBytes}`);
    const body = this.#take(this.#length);
    if (!body) return undefined;
    this.#length = undefined;
    return { message: deserialize(body) };
  }

  #take(bytes: number): Buffer | undefined {
    if (this.#held < bytes) return undefined;
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks, this.#held);
    this.#held -= bytes;
    this.#chunks = this.#held > 0 ? [all.subarray(bytes)] : [];
    return all.subarray(0, bytes);
  }
}

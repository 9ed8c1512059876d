import { createGunzip, createInflate, type Gunzip, type Inflate } from 'node:zlib';
import { Metadata, status as grpcStatus } from '@grpc/grpc-js';
import { messageOf, TriptychError } from '@triptych/core';
import { type CallStatus, toStatus } from '../status.js';
import { type InflatedBytes, uncountedBytes } from './inflated-bytes.js';

export interface InflaterBounds {
  /** Longest message, inflated. */
  readonly mostBytes: number;
  /** Messages that may still be held when one after them is read. */
  readonly mostHeld: number;
}

const [LEAST_PIECE_BYTES, MOST_PIECE_BYTES] = [16 * 1024, 256 * 1024];

/**
 * Decompresses the messages of one call, one after the other, and counts what that adds until nobody can hold it any more: the
 * call has ended, or enough messages that came later have been read.
 */
export class MessageInflater {
  /** What may still be held, the oldest first. */
  readonly #counted: { readonly index: number; readonly bytes: number }[] = [];
  #messages = 0;
  #reads = 0;
  #ended = false;

  constructor(
    private readonly pool: InflatedBytes,
    private readonly bounds: InflaterBounds,
  ) {}

  /** To be called with each message, compressed or not: the message. Rejects with a status. */
  message(bytes: Buffer, encoding: string): Buffer | Promise<Buffer> {
    const index = this.#messages++;
    if (encoding === 'identity') return bytes;
    return this.pool.inTurn(() => this.#inflate(bytes, encoding, index));
  }

  /** To be called when another message is asked for. */
  read(): void {
    this.#reads++;
    while (this.#counted.length > 0 && this.#counted[0].index + this.bounds.mostHeld < this.#reads)
      this.pool.giveBack(this.#counted.shift()!.bytes);
  }

  end(): void {
    this.#ended = true;
    for (const { bytes } of this.#counted.splice(0)) this.pool.giveBack(bytes);
  }

  async #inflate(compressed: Buffer, encoding: string, index: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let [total, counted] = [0, 0];
    try {
      const free = uncountedBytes(compressed.length);
      const told = encoding === 'gzip' ? gzipSize(compressed) : 0;
      if (told > this.bounds.mostBytes) throw tooLarge(this.bounds.mostBytes);
      const expected = Math.max(0, told - free);
      // Before there is an inflater, which takes its room at once.
      if (this.#ended || !this.pool.take(expected)) throw tooMuch();
      counted = expected;
      const inflater = inflaterFor(encoding, compressed.length, told);
      inflater.end(compressed);
      for await (const part of inflater as AsyncIterable<Buffer>) {
        total += part.length;
        if (total > this.bounds.mostBytes) throw tooLarge(this.bounds.mostBytes);
        const more = Math.max(0, total - free - counted);
        if (this.#ended || !this.pool.take(more)) throw tooMuch();
        counted += more;
        parts.push(part);
      }
    } catch (thrown) {
      this.pool.giveBack(counted);
      throw thrown instanceof Refused ? thrown : broken(thrown);
    }
    if (this.#ended) this.pool.giveBack(counted);
    else if (counted > 0) this.#counted.push({ index, bytes: counted });
    return parts.length === 1 ? parts[0] : Buffer.concat(parts, total);
  }
}

/** A status as grpc-js takes it from decompression. */
class Refused extends Error implements CallStatus {
  readonly code: CallStatus['code'];
  readonly details: string;
  readonly metadata: CallStatus['metadata'];

  constructor({ code, details, metadata }: CallStatus) {
    super(details);
    this.code = code;
    this.details = details;
    this.metadata = metadata;
  }
}

function inflaterFor(encoding: string, compressedBytes: number, told: number): Gunzip | Inflate {
  // Each piece is a turn of the event loop; one whose size is known comes in one, and leaves no others behind.
  const pieceBytes = Math.min(MOST_PIECE_BYTES, Math.max(LEAST_PIECE_BYTES, 4 * compressedBytes));
  const chunkSize = Math.max(pieceBytes, told);
  if (encoding === 'gzip') return createGunzip({ chunkSize });
  if (encoding === 'deflate') return createInflate({ chunkSize });
  const message = `messages compressed with ${JSON.stringify(encoding)} are not read; send gzip, deflate or identity`;
  throw new Refused({ code: grpcStatus.UNIMPLEMENTED, details: message, metadata: new Metadata() });
}

/**
 * The size that a gzip file says at its end that it inflates to. One that says more than it is is broken, which inflating finds out;
 * one that says less has members before its last.
 */
function gzipSize(compressed: Buffer): number {
  return compressed.length < 4 ? 0 : compressed.readUInt32LE(compressed.length - 4);
}

function tooLarge(most: number): Refused {
  const message = `the message decompresses to more than ${most} bytes, the most that this method takes`;
  return new Refused(toStatus(new TriptychError('MESSAGE_TOO_LARGE', message)));
}

function tooMuch(): Refused {
  const message =
    'too many bytes are held of compressed messages that grew more than sixteenfold; wait for their answers, or send them uncompressed';
  return new Refused(toStatus(new TriptychError('OVERLOADED', message)));
}

function broken(cause: unknown): Refused {
  const message = `a compressed message cannot be decompressed (${messageOf(cause)})`;
  return new Refused({ code: grpcStatus.INTERNAL, details: message, metadata: new Metadata() });
}

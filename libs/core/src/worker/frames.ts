import type { Readable, Writable } from 'node:stream';

/** A frame's length comes before its bytes, as an unsigned number of four bytes, little-endian. */
const LENGTH_BYTES = 4;

/** Sends bytes as a frame, of at least one byte. */
export function sendFrame(pipe: Writable, bytes: Uint8Array): void {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(bytes.byteLength);
  pipe.cork();
  pipe.write(length);
  pipe.write(bytes);
  pipe.uncork();
}

/**
 * Gives frames that the other end sends by {@link sendFrame} to `hear`, each in a buffer of its own. Calls `broken` once, with an error, where
 * one is empty or longer than `mostBytes`, or `hear` threw; it reads no more after that.
 */
export function readFrames(
  pipe: Readable,
  mostBytes: number,
  hear: (frame: Buffer<ArrayBuffer>) => void,
  broken: (why: unknown) => void,
): void {
  const reader = new FrameReader(mostBytes);
  const take = (chunk: Buffer) => {
    try {
      for (const frame of reader.read(chunk)) hear(frame);
    } catch (thrown) {
      pipe.off('data', take);
      broken(thrown);
    }
  };
  pipe.on('data', take);
}

/** Makes frames of the chunks that a pipe gives. A chunk is copied to where it belongs: many small ones take no more memory than one. */
class FrameReader {
  readonly #length = Buffer.alloc(LENGTH_BYTES);
  /** Of the frame that is being read, once its length is known. The system gives it memory as it is filled. */
  #frame: Buffer<ArrayBuffer> | undefined;
  /** Bytes read so far of the frame, or else of its length. */
  #filled = 0;

  constructor(private readonly mostBytes: number) {}

  /** Frames that end in a chunk. */
  *read(chunk: Buffer): Generator<Buffer<ArrayBuffer>, void> {
    for (let rest = chunk; rest.length > 0;) {
      const target = this.#frame ?? this.#length;
      const copied = rest.copy(target, this.#filled);
      rest = rest.subarray(copied);
      this.#filled += copied;
      if (this.#filled < target.length) return;
      this.#filled = 0;
      if (this.#frame) {
        this.#frame = undefined;
        yield target;
      } else this.#frame = this.#begin(target.readUInt32LE());
    }
  }

  #begin(length: number): Buffer<ArrayBuffer> {
    if (length < 1 || length > this.mostBytes)
      throw new RangeError(`a message of ${length} bytes; expected 1 to ${this.mostBytes}`);
    return Buffer.allocUnsafeSlow(length);
  }
}

import { TriptychError } from '@triptych/core';
import { ascii, ByteQueue } from './byte-queue.js';
import type { LengthCheck } from './compressed-decoder.js';

const ID3_HEADER_BYTES = 10;
const FRAME_HEADER_BYTES = 4;

/** kbit/s of Layer III by index, for MPEG-1 and for MPEG-2 and 2.5 (ISO 11172-3, 13818-3). */
const bitrates = {
  mpeg1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  mpeg2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
/** Hz by version bits (0: MPEG-2.5, 2: MPEG-2, 3: MPEG-1), then by index. */
const sampleRates: Readonly<Record<number, readonly number[]>> = {
  0: [11025, 12000, 8000],
  2: [22050, 24000, 16000],
  3: [44100, 48000, 32000],
};

interface FrameHeader {
  readonly bytes: number;
  /** Where a Xing header lies in the first frame. */
  readonly xingAt: number;
}

/**
 * Follows MP3 frame by frame: a last frame that is cut short, or fewer frames than the Xing header declares, means
 * missing audio. Where the bytes are no frames (tags, junk that decoders skip) it stops looking.
 */
export class Mp3Length implements LengthCheck {
  readonly #queue = new ByteQueue();
  #skip = 0;
  #frames = 0;
  #declared: number | undefined;
  #following = true;
  #started = false;

  push(bytes: Uint8Array): void {
    if (!this.#following) return;
    this.#queue.push(bytes);
    while (this.#following && this.#next());
  }

  finish(): void {
    if (!this.#following) return;
    if (this.#skip > 0 || this.#endsWithinFrame()) {
      throw new TriptychError('AUDIO_CONTAINER_CORRUPT', 'MP3: it ends within a frame', { field: 'data' });
    }
    if (this.#declared !== undefined && this.#frames < this.#declared) {
      throw new TriptychError(
        'AUDIO_CONTAINER_LENGTH',
        `the MP3 header declares ${this.#declared} frames; ${this.#frames} were found`,
        { field: 'data' },
      );
    }
  }

  /** Of a few bytes that are left: whether a frame begins with them. Others are junk, as more of it is. */
  #endsWithinFrame(): boolean {
    const { length } = this.#queue;
    return length > 0 && (!this.#started || isSync(this.#queue.peek(Math.min(length, 2))));
  }

  /** Takes one tag or frame. False: more bytes are needed. */
  #next(): boolean {
    this.#skip -= this.#queue.take(Math.min(this.#skip, this.#queue.length)).length;
    if (this.#skip > 0 || this.#queue.length < ID3_HEADER_BYTES) return false;
    const head = this.#queue.peek(ID3_HEADER_BYTES);
    if (!this.#started && ascii(head, 0, 3) === 'ID3') {
      this.#skip = ID3_HEADER_BYTES + syncsafe(head.subarray(6));
      return true;
    }
    const frame = readHeader(head);
    if (!frame) {
      this.#following = false;
      return false;
    }
    if (this.#queue.length < frame.bytes) return false;
    const whole = this.#queue.take(frame.bytes);
    const declared = this.#started ? undefined : declaredFrames(whole, frame.xingAt);
    this.#started = true;
    if (declared === undefined) this.#frames++;
    else this.#declared = declared;
    return true;
  }
}

/** Whether a frame begins with these bytes, of which there may be one alone. */
function isSync([first, second = 0xe0]: Uint8Array): boolean {
  return first === 0xff && (second & 0xe0) === 0xe0;
}

function readHeader(bytes: Uint8Array): FrameHeader | undefined {
  const [, second, third, fourth] = bytes.subarray(0, FRAME_HEADER_BYTES);
  const version = (second >> 3) & 3;
  const isLayer3 = ((second >> 1) & 3) === 1;
  const kbps = (version === 3 ? bitrates.mpeg1 : bitrates.mpeg2)[third >> 4];
  const sampleRate = sampleRates[version]?.[(third >> 2) & 3];
  if (!isSync(bytes) || !isLayer3 || !kbps || !sampleRate) return undefined;
  const padding = (third >> 1) & 1;
  const mono = fourth >> 6 === 3;
  const [long, short] = version === 3 ? [32, 17] : [17, 9];
  return {
    bytes: Math.floor(((version === 3 ? 144_000 : 72_000) * kbps) / sampleRate) + padding,
    xingAt: FRAME_HEADER_BYTES + (mono ? short : long),
  };
}

/** Frames that a Xing or Info header promises; undefined where the frame is audio, or the header does not say. */
function declaredFrames(frame: Uint8Array, at: number): number | undefined {
  if (!['Xing', 'Info'].includes(ascii(frame, at, 4))) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset);
  return view.getUint32(at + 4) & 1 ? view.getUint32(at + 8) : 0;
}

/** Four bytes of seven bits each (ID3v2). */
function syncsafe(bytes: Uint8Array): number {
  return (bytes[0] << 21) | (bytes[1] << 14) | (bytes[2] << 7) | bytes[3];
}

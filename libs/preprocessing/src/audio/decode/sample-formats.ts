/** How PCM samples are read: little-endian, as the platforms that Node runs on are; full scale ±1. */
export interface SampleFormat {
  readonly bytes: number;
  /** Reads whole samples into an array of their own, in one tight loop over a typed array. */
  readonly read: (bytes: Uint8Array) => Float32Array<ArrayBuffer>;
  /** Float samples can be NaN or far beyond full scale. */
  readonly float: boolean;
}

type Numbers = Int16Array | Int32Array | Float64Array;
type View = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Numbers;

/** Samples that lie unaligned are copied here, so many bytes at a time: no buffer of their own is left for V8 to collect. */
const aligned = new Uint8Array(64 * 1024);

/** Whole samples, scaled. */
function scaled(Type: View, size: number, factor: number): SampleFormat['read'] {
  return (bytes) => {
    const out = new Float32Array(bytes.length / size);
    if (bytes.byteOffset % size === 0) {
      scaleInto(out, 0, new Type(bytes.buffer, bytes.byteOffset, out.length), factor);
      return out;
    }
    for (let at = 0; at < bytes.length; at += aligned.length) {
      const part = bytes.subarray(at, at + aligned.length);
      aligned.set(part);
      scaleInto(out, at / size, new Type(aligned.buffer, 0, part.length / size), factor);
    }
    return out;
  };
}

function scaleInto(out: Float32Array, at: number, values: Numbers, factor: number): void {
  for (let i = 0; i < values.length; i++) out[at + i] = values[i] * factor;
}

const floats: SampleFormat['read'] = (bytes) => {
  const out = new Float32Array(bytes.length / 4);
  new Uint8Array(out.buffer).set(bytes);
  return out;
};

const looked = (codes: Uint8Array, table: Float32Array) => {
  const out = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) out[i] = table[codes[i]];
  return out;
};

const s24 = (bytes: Uint8Array) => {
  const out = new Float32Array(bytes.length / 3);
  for (let i = 0, at = 0; i < out.length; i++, at += 3) {
    out[i] = (((bytes[at] << 8) | (bytes[at + 1] << 16) | (bytes[at + 2] << 24)) >> 8) / 8388608;
  }
  return out;
};

const integer = (bytes: number, read: SampleFormat['read']): SampleFormat => ({ bytes, read, float: false });

export const sampleFormats = {
  u8: integer(1, (bytes) => looked(bytes, unsignedTable)),
  s16le: integer(2, scaled(Int16Array, 2, 1 / 32768)),
  s24le: integer(3, s24),
  s32le: integer(4, scaled(Int32Array, 4, 1 / 2147483648)),
  f32le: { bytes: 4, read: floats, float: true },
  f64le: { bytes: 8, read: scaled(Float64Array, 8, 1), float: true },
  mulaw: integer(1, (bytes) => looked(bytes, mulawTable)),
  alaw: integer(1, (bytes) => looked(bytes, alawTable)),
} satisfies Record<string, SampleFormat>;

export type SampleFormatName = keyof typeof sampleFormats;

const unsignedTable = Float32Array.from({ length: 256 }, (_, code) => (code - 128) / 128);

/** ITU-T G.711 µ-law: inverted bits, 3-bit exponent, 4-bit mantissa, bias 33 (at 14 bits). */
const mulawTable = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return (bits & 0x80 ? -magnitude : magnitude) / 32768;
});

/** ITU-T G.711 A-law: every second bit inverted. */
const alawTable = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (bits & 0x80 ? magnitude : -magnitude) / 32768;
});

/** How one PCM sample is read: little-endian, full scale ±1. */
export interface SampleFormat {
  readonly bytes: number;
  readonly read: (view: DataView, offset: number) => number;
  /** Float samples can be NaN or far beyond full scale. */
  readonly float: boolean;
}

const integer = (bytes: number, read: SampleFormat['read']): SampleFormat => ({ bytes, read, float: false });

export const sampleFormats = {
  u8: integer(1, (view, at) => (view.getUint8(at) - 128) / 128),
  s16le: integer(2, (view, at) => view.getInt16(at, true) / 32768),
  s24le: integer(3, (view, at) => ((view.getInt16(at + 1, true) << 8) | view.getUint8(at)) / 8388608),
  s32le: integer(4, (view, at) => view.getInt32(at, true) / 2147483648),
  f32le: { bytes: 4, read: (view, at) => view.getFloat32(at, true), float: true },
  f64le: { bytes: 8, read: (view, at) => view.getFloat64(at, true), float: true },
  mulaw: integer(1, (view, at) => mulawTable[view.getUint8(at)]),
  alaw: integer(1, (view, at) => alawTable[view.getUint8(at)]),
} satisfies Record<string, SampleFormat>;

export type SampleFormatName = keyof typeof sampleFormats;

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

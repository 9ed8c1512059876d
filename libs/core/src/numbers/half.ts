/**
 * IEEE 754 binary16 and bfloat16 to binary32 and back, on bit patterns.
 * The upcasts are exact for all 65 536 patterns, NaN payloads included.
 */

let halfTable: Int32Array | undefined;

/**
 * float32 bit pattern of each float16 bit pattern, signed: unsigned ones would pass through doubles. Built on first use: 256 KiB.
 */
function float16Table(): Int32Array {
  if (halfTable) return halfTable;
  halfTable = new Int32Array(65536);
  for (let half = 0; half < 65536; half++) halfTable[half] = float16BitsToFloat32Bits(half);
  return halfTable;
}

/** The float32 bit pattern that holds exactly the value of a float16 bit pattern. */
export function float16BitsToFloat32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f800000 | (fraction << 13)) >>> 0;
  if (exponent !== 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0;
  if (fraction === 0) return sign >>> 0;
  // Subnormal: shift the leading one up to the implicit bit, lowering the exponent as it goes.
  const shift = Math.clz32(fraction) - 21;
  return (sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13)) >>> 0;
}

/** The float16 bit pattern nearest to a float32 bit pattern, ties to even; overflow becomes infinity. */
export function float32BitsToFloat16Bits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    const rebased = magnitude - 0x38000000;
    // A carry out of the fraction correctly raises the exponent, up to infinity.
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
  }
  if (magnitude <= 0x33000000) return sign;
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const shift = 126 - (magnitude >>> 23);
  const half = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return sign | (half + (rest > middle || (rest === middle && (half & 1) === 1) ? 1 : 0));
}

/** Upcasts float16 values into `target`. Both hold the same number of elements. */
export function upcastFloat16(source: Uint16Array, target: Float32Array): void {
  const table = float16Table();
  const bits = new Int32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < source.length; i++) bits[i] = table[source[i]];
}

/** Upcasts bfloat16 values into `target`: their bits are the upper half of a float32. */
export function upcastBfloat16(source: Uint16Array, target: Float32Array): void {
  const bits = new Int32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < source.length; i++) bits[i] = source[i] << 16;
}

/** The least magnitude that rounds to infinity: half a step beyond the largest float16, 65504. */
const FLOAT16_OVERFLOW = 65_520;

/** The first finite value that float16 cannot hold, as rounding would make it infinite; undefined where there is none. */
export function beyondFloat16(source: Float32Array): number | undefined {
  for (let i = 0; i < source.length; i++) {
    const magnitude = Math.abs(source[i]);
    if (magnitude >= FLOAT16_OVERFLOW && magnitude < Infinity) return source[i];
  }
  return undefined;
}

/** Rounds float32 values to float16, ties to even; see {@link beyondFloat16}. */
export function downcastFloat16(source: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  // A loop: Uint16Array.from calls back through an iterator, twenty times slower.
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) halves[i] = float32BitsToFloat16Bits(bits[i]);
  return halves;
}

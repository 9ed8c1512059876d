import { TriptychError } from '@triptych/core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder, type Value } from '../onnx/graph-builder.js';
import { attend, paddingMask } from '../transformer/attention.js';
import { cpu, type Device } from './device.js';
import { type AttentionForm, attentionForms, kernelsOf, type Precision } from './kernels.js';
import { sessionOptions } from './session-options.js';

/** Sizes of the trial: kernels that are wrong are so in the leading digits, from some hundred tokens on. */
const [HEADS, TOKENS, WIDTH] = [4, 600, 128];
/** Largest difference to the CPU, relative to the largest value: exact kernels have 1e-6, one that is not had 1e-1. */
const TOLERANCE = 1e-4;
const HALF_TOLERANCE = 2e-2;

/** The forms of attention that the device's fused operator computes as the CPU does. */
export async function exactForms(device: Device, precision: Precision): Promise<AttentionForm[]> {
  const exact: AttentionForm[] = [];
  for (const form of attentionForms) {
    const expected = await attended(cpu, form, 'float32', true);
    // An operator that refuses a form, or has no kernel for it, is not exact.
    const found = await attended(device, form, precision, true).catch(() => undefined);
    if (found && difference(found, expected) <= (precision === 'float32' ? TOLERANCE : HALF_TOLERANCE))
      exact.push(form);
  }
  return exact;
}

/** Throws where the device does not compute in this precision, or not what the CPU does. */
export async function checkArithmetic(device: Device, precision: Precision): Promise<void> {
  const expected = await attended(cpu, 'bare', 'float32', true);
  const off = difference(await attended(device, 'bare', precision, false), expected);
  const most = precision === 'float32' ? TOLERANCE : HALF_TOLERANCE;
  if (!(off <= most))
    throw new TriptychError(
      'DEVICE_UNAVAILABLE',
      `it computes ${precision} attention ${off.toExponential(1)} off; at most ${most} is expected`,
    );
}

/** A trial attention: [1, tokens, width]. */
async function attended(
  device: Device,
  form: AttentionForm,
  precision: Precision,
  fused: boolean,
): Promise<Float32Array> {
  const kernels = kernelsOf(device, fused ? attentionForms : [], precision);
  const g = new GraphBuilder('trial', { kernels });
  const x = g.input('x', 'float32', ['batch', TOKENS, 3 * WIDTH]);
  const part = (i: number) => g.op('Slice', [x, g.ints([i * WIDTH]), g.ints([(i + 1) * WIDTH]), g.ints([2])]);
  const mask = form === 'masked' ? paddingMask(g, g.ints([TOKENS - 77]), g.ints([TOKENS])) : undefined;
  const bias =
    form === 'biased' ? g.floats(noise(HEADS * TOKENS * TOKENS, 7), [1, HEADS, TOKENS, TOKENS]) : undefined;
  const y = g.inPrecision(() => {
    const [query, key, value] = [0, 1, 2].map((i) => g.cast(part(i)));
    const terms = { mask, bias: bias && g.cast(bias) };
    const shape = { width: WIDTH, heads: HEADS, causal: form === 'causal' };
    return attend(g, [query, key, value] as [Value, Value, Value], shape, terms);
  });
  g.output('y', g.cast(y), 'float32', ['batch', TOKENS, WIDTH]);
  const session = await InferenceSession.create(g.build().encode(), {
    ...sessionOptions(device, 1),
    logSeverityLevel: 4,
  });
  const feeds = { x: new Tensor('float32', noise(TOKENS * 3 * WIDTH, 1), [1, TOKENS, 3 * WIDTH]) };
  const { y: output } = await session.run(feeds);
  const values = Float32Array.from(output.data as Float32Array);
  await session.release();
  return values;
}

/** Numbers in ±2, the same for the same seed. */
function noise(count: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (4 * state) / 2 ** 32 - 2;
  });
}

function difference(found: Float32Array, expected: Float32Array): number {
  let [most, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(found[i] - expected[i]);
    // NaN is not less than anything.
    if (!(off <= most)) most = Number.isNaN(off) ? Infinity : off;
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return most / largest;
}

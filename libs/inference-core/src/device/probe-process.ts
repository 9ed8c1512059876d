import { messageOf, TriptychError } from '@triptych/core';
import { type Device, parseDevice } from './device.js';
import { checkArithmetic, exactForms } from './exactness.js';
import { type AttentionForm, attentionForms, type Precision } from './kernels.js';
import { measureGflops } from './speed.js';

/** What a device was seen to do. */
export interface Trial {
  /** Computed by its fused operator as the CPU computes them, in each precision that it has. */
  readonly forms: Readonly<Partial<Record<Precision, readonly AttentionForm[]>>>;
  /** Float32 operations, billions a second; undefined unless asked for. */
  readonly gflops?: number | undefined;
}

export type ProbeAnswer = { readonly trial: Trial } | { readonly error: string };

/** A program of its own: a driver that fails may take its process along. Arguments: the device, and whether its speed is wanted. */
const [, , name, isTimed] = process.argv;
const device = parseDevice(name);
if (device === undefined) throw new TriptychError('CONFIG_INVALID', 'expected a device');
process.send?.(await answer(device), () => process.exit(0));

async function answer(device: Device): Promise<ProbeAnswer> {
  try {
    await checkArithmetic(device, 'float32');
    // What a CPU computes is what others are held to.
    const forms: Partial<Record<Precision, readonly AttentionForm[]>> = {
      float32: device.kind === 'cpu' ? attentionForms : await exactForms(device, 'float32'),
    };
    const hasHalves =
      device.kind !== 'cpu' &&
      (await checkArithmetic(device, 'float16').then(
        () => true,
        () => false,
      ));
    if (hasHalves) forms.float16 = await exactForms(device, 'float16');
    return { trial: { forms, gflops: isTimed === 'timed' ? await measureGflops(device) : undefined } };
  } catch (thrown) {
    return { error: messageOf(thrown) };
  }
}

import type { Isolation } from '@triptych/core';
import { cpu, type Device } from './device.js';
import { cpuKernels, type Kernels } from './kernels.js';

/** Where a model runs, and how its graphs are written and fed for it. */
export interface Placement {
  readonly device: Device;
  readonly kernels: Kernels;
  /** Tokens of one batch that fill the device; undefined: towers know what is best for a CPU. */
  readonly batchTokens?: number | undefined;
}

export const onCpu: Placement = { device: cpu, kernels: cpuKernels };

/** More items a batch gain nothing, and make the last of them wait. */
const MOST_ITEMS = 256;

/** Items of so many tokens that are computed at a time. */
export function itemsOf(batchTokens: number, tokens: number): number {
  return Math.max(1, Math.min(MOST_ITEMS, Math.floor(batchTokens / tokens)));
}

/**
 * Where a session on a device runs. Two of WebGPU in one process end it, and a device that is lost, or a fault on it, is so for all of a
 * process for good: each session has one of its own, which may be replaced.
 */
export function isolationOn({ kind }: Device, asked: Isolation | undefined): Isolation | undefined {
  return kind === 'cpu' ? asked : 'process';
}

/**
 * Variables that the process of a session on a device is given. cuBLAS would compute float32 products in TensorFloat-32, of ten bits:
 * 1e-3 from the reference.
 */
export function environmentOn({ kind }: Device): Readonly<Record<string, string>> {
  return kind === 'cuda' ? { NVIDIA_TF32_OVERRIDE: '0' } : {};
}

import type { Device } from './device.js';

/** Numbers that a transformer's blocks are computed in. Everything else of a graph is float32. */
export type Precision = 'float32' | 'float16';

/** Forms of attention that one fused operator may or may not compute exactly: nothing hidden, or one of what hides or weighs tokens. */
export const attentionForms = ['bare', 'causal', 'masked', 'biased'] as const;
export type AttentionForm = (typeof attentionForms)[number];

/** How a graph is written for what runs it: the same mathematics, in the operators that are exact and fast there. */
export interface Kernels {
  /** Forms of attention that one operator computes; others are products and a softmax. */
  readonly fusedAttention: readonly AttentionForm[];
  /** Products transpose their second operand themselves; else ONNX Runtime transposes weights once, when it makes the session. */
  readonly fusedProducts: boolean;
  /** Products in int8; else weights that are stored so are widened once. */
  readonly integers: boolean;
  /** Large tables stay outside of the session and are inputs of every run, which costs nothing where no device has to be given them. */
  readonly fedTables: boolean;
  readonly precision: Precision;
}

/** What ONNX Runtime's CPU kernels do best (docs/decisions/kernels.md). */
export const cpuKernels: Kernels = {
  fusedAttention: attentionForms,
  fusedProducts: true,
  integers: true,
  fedTables: true,
  precision: 'float32',
};

/** Those of a device; `fusedAttention`: what was seen to be exact there. */
export function kernelsOf(
  { kind }: Device,
  fusedAttention: readonly AttentionForm[],
  precision: Precision,
): Kernels {
  if (kind === 'cpu') return { ...cpuKernels, precision };
  // WebGPU has no FusedMatMul of ONNX Runtime's own: it would be computed on the CPU.
  return { fusedAttention, fusedProducts: kind === 'cuda', integers: false, fedTables: false, precision };
}

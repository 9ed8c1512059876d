import { TriptychError } from '@triptych/core';

/** What runs graphs, by ONNX Runtime's names. */
export type DeviceKind = 'cpu' | 'webgpu' | 'cuda';

/** One of a machine's devices. */
export interface Device {
  readonly kind: DeviceKind;
  /** Which of its kind; the CPU is one. */
  readonly index: number;
}

/** A device as a user asks for it: one by name, or the best there is. */
export type DeviceWish = 'auto' | 'cpu' | 'webgpu' | 'cuda' | `webgpu:${number}` | `cuda:${number}`;

export const cpu: Device = { kind: 'cpu', index: 0 };

export const DEVICE_PATTERN = /^(?:auto|cpu|(?<kind>webgpu|cuda)(?::(?<index>\d{1,2}))?)$/;

/** Reads `cpu`, `webgpu`, `cuda:1`; undefined for `auto`. Throws CONFIG_INVALID. */
export function parseDevice(text: string): Device | undefined {
  const found = DEVICE_PATTERN.exec(text);
  if (!found)
    throw new TriptychError(
      'CONFIG_INVALID',
      `device ${text}: expected cpu, webgpu, webgpu:N, cuda, cuda:N or auto`,
    );
  if (text === 'auto') return undefined;
  const { kind = 'cpu', index = '0' } = found.groups ?? {};
  return { kind: kind as DeviceKind, index: Number(index) };
}

/** As {@link parseDevice} reads it. */
export function deviceName({ kind, index }: Device): string {
  return index === 0 ? kind : `${kind}:${index}`;
}

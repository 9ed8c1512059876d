import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TriptychError } from '@triptych/core';
import { type Device, parseDevice } from './device.js';

/** Why a device cannot be had, and what to do about it. */
export interface Missing {
  readonly reason: string;
  readonly advice: string;
}

/** ONNX Runtime's CUDA part, which its npm package does not bring. */
const CUDA_LIBRARY = 'libonnxruntime_providers_cuda.so';
const INSTALL_CUDA = 'have ONNX Runtime get it: npm run install:cuda (docs/gpu.md)';

/** Where ONNX Runtime's libraries lie. */
export function runtimeFolder(): string {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node');
  return join(dirname(main), '..', 'bin', 'napi-v6', process.platform, process.arch);
}

/** Throws DEVICE_UNAVAILABLE for a device that is asked for and cannot be had, as far as that can be told without trying it. */
export function checkPresent(wish: string): void {
  const device = parseDevice(wish);
  const missing = device && missingBefore(device);
  if (missing) throw unavailable(wish, missing);
}

export function unavailable(wish: string, { reason, advice }: Missing): TriptychError {
  return new TriptychError('DEVICE_UNAVAILABLE', `device ${wish}: ${reason}; ${advice}`);
}

/** What can be told of a device without trying it. */
export function missingBefore(device: Device): Missing | undefined {
  if (device.kind === 'cuda') return missingForCuda();
  if (device.kind === 'webgpu' && device.index > 0)
    return {
      reason: `ONNX Runtime's WebGPU takes the adapter that the system gives first, and no other`,
      advice: 'take webgpu, and have the system give another one first (VK_DRIVER_FILES with Vulkan)',
    };
  return undefined;
}

function missingForCuda(): Missing | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return {
      reason: `ONNX Runtime for Node has no CUDA on ${process.platform}-${process.arch}`,
      advice: 'use a Linux x64 machine, or --device webgpu',
    };
  const hasCard = existsSync('/dev/nvidiactl') || existsSync('/dev/dxg');
  const card = 'no NVIDIA card or driver (there is no /dev/nvidiactl)';
  if (!existsSync(join(runtimeFolder(), CUDA_LIBRARY)))
    return {
      reason: `${hasCard ? '' : `${card}; `}ONNX Runtime's ${CUDA_LIBRARY} is not installed`,
      advice: hasCard ? INSTALL_CUDA : `install NVIDIA's driver; then ${INSTALL_CUDA}`,
    };
  if (hasCard) return undefined;
  return {
    reason: card,
    advice: "install NVIDIA's driver, or give the container the card (docker run --gpus all)",
  };
}

/** What ONNX Runtime's message, and what was printed beside it, mean. */
export function whyItFailed({ kind }: Device, message: string, printed: string): Missing {
  const library = /(lib[\w.+-]+\.so[\w.]*): cannot open shared object file/.exec(printed)?.[1];
  if (kind === 'webgpu') {
    if (/Couldn't load Vulkan/.test(printed))
      return {
        reason: 'there is no Vulkan (libvulkan.so.1)',
        advice: 'install it: apt-get install libvulkan1, and a driver for your card',
      };
    if (/Failed to get a WebGPU adapter|No supported adapters/.test(message))
      return {
        reason: 'no graphics card has a driver for Vulkan, Direct3D 12 or Metal',
        advice:
          "install the card's driver; in a container, give it the card (NVIDIA: NVIDIA_DRIVER_CAPABILITIES=all)",
      };
  } else if (library !== undefined)
    return {
      reason: `${library} cannot be found`,
      advice:
        'install CUDA and cuDNN 9 of the version that ONNX Runtime was built for, or name their folder in LD_LIBRARY_PATH',
    };
  return { reason: message, advice: 'see what the driver says above this line, or take --device cpu' };
}

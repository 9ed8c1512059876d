import { TriptychError } from '@triptych/core';
import type { RawImageSource } from '@triptych/validation';
import type { Pixels } from './pixels.js';

const channelsOf = { rgb: 3, rgba: 4, grey: 1 } as const;

/** Pixels that came without a container. Throws IMAGE_OUT_OF_RANGE for floats that are no light. */
export function rawPixels({ layout, width, height, data }: RawImageSource): Pixels {
  if (layout === 'rgb-float') return { width, height, channels: 3, data: quantized(data) };
  return { width, height, channels: channelsOf[layout], data };
}

/** float32 in [0, 1] → bytes, rounded: what was a byte / 255 is that byte again. */
function quantized(data: Uint8Array): Uint8Array {
  const floats = new Float32Array(new Uint8Array(data).buffer);
  const bytes = new Uint8Array(floats.length);
  for (let i = 0; i < floats.length; i++) {
    const value = floats[i];
    if (!(value >= 0 && value <= 1)) {
      throw new TriptychError('IMAGE_OUT_OF_RANGE', `value ${i} is ${value}; expected a number in [0, 1]`, {
        field: 'raw.data',
      });
    }
    bytes[i] = Math.round(value * 255);
  }
  return bytes;
}

/** Mixes channels down to one by their mean, as the reference's loaders do. */
export function mixDown(channels: readonly Float32Array[], frames: number): Float32Array<ArrayBuffer> {
  const mono = new Float32Array(frames);
  if (channels.length === 1) {
    mono.set(channels[0].subarray(0, frames));
    return mono;
  }
  for (let i = 0; i < frames; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i];
    mono[i] = sum / channels.length;
  }
  return mono;
}

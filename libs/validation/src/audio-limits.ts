/** What raw audio may look like, whatever the model. */
export const audioLimits = {
  minSampleRateHz: 4_000,
  maxSampleRateHz: 192_000,
  maxChannels: 8,
  /** Shortest clip or window that is encoded, in seconds. */
  minSeconds: 0.1,
  /** Float samples beyond this are no audio in [−1, 1]: integers sent as floats, most often. */
  maxMagnitude: 1.1,
  /** Most audio that one chunk of a compressed stream may decode to, in seconds. */
  maxChunkSeconds: 600,
} as const;

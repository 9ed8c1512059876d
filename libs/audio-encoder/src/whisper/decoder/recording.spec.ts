import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Recording } from './recording.js';

const PIECE = 1600;
const AHEAD = 31 * 16_000;

/** A recording that never ends, as fast as it is read. Its samples say where they are. */
function endless() {
  const made = { samples: 0 };
  async function* pieces() {
    for (;;) {
      yield Float32Array.from({ length: PIECE }, (_, i) => made.samples + i);
      made.samples += PIECE;
    }
  }
  return { made, recording: new Recording(pieces(), AHEAD) };
}

describe('a recording', () => {
  it('holds as much as it may read ahead and a piece, however long it is', async () => {
    const { made, recording } = endless();
    for (let from = 0; from < 600 * 16_000; from += 13 * 16_000) {
      await recording.reach(from + 30 * 16_000);
      for (let i = 0; i < 20; i++) await setImmediate();
      expect(recording.at(from)).toBe(from);
      expect(made.samples - from).toBeLessThanOrEqual(AHEAD + PIECE);
      expect(recording.bytes).toBeLessThanOrEqual(4 * (AHEAD + PIECE));
      recording.forget(from + 13 * 16_000);
      expect(recording.at(from + 13 * 16_000)).toBe(from + 13 * 16_000);
    }
    recording.close();
  });

  it('is read on for who waits for more than it reads ahead', async () => {
    const { recording } = endless();
    await recording.reach(AHEAD);
    // As where a timestamp says that the next window begins behind all that was read.
    recording.forget(3 * AHEAD);
    await recording.reach(4 * AHEAD);
    expect(recording.at(4 * AHEAD - 1)).toBe(4 * AHEAD - 1);
    recording.close();
  });

  it('is mirrored beyond its ends, and silent where it is padded', async () => {
    async function* pieces() {
      yield Float32Array.of(1, 2, 3, 4);
    }
    const recording = new Recording(pieces(), AHEAD);
    await recording.reach(100);
    expect([-2, -1, 0, 3, 4, 5].map((at) => recording.at(at))).toEqual([3, 2, 1, 4, 3, 2]);
    recording.pad(10);
    expect([recording.length, recording.heard, recording.at(7)]).toEqual([10, 4, 0]);
  });

  it('fails as what it is read from', async () => {
    async function* pieces() {
      yield new Float32Array(10);
      throw new Error('gone');
    }
    await expect(new Recording(pieces(), AHEAD).reach(100)).rejects.toThrow('gone');
  });
});

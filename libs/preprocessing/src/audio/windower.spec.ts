import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Window, Windower } from './windower.js';

const RATE = 1000;
const ramp = (from: number, to: number) => Float32Array.from({ length: to - from }, (_, i) => from + i);
const spans = (windows: Iterable<Window>) => [...windows].map((w) => [w.startSample, w.endSample, w.partial]);

/** Feeds `total` samples in pieces of the given lengths and returns all windows, the tail too. */
function cut(
  plan: { window: number; hop: number; tail?: boolean },
  total: number,
  pieces: readonly number[],
): Window[] {
  const windower = new Windower(
    { windowSamples: plan.window, hopSamples: plan.hop, emitTail: plan.tail ?? true },
    RATE,
  );
  const windows: Window[] = [];
  let at = 0;
  for (let i = 0; at < total; i++) {
    const next = Math.min(total, at + pieces[i % pieces.length]);
    windows.push(...windower.push({ samples: ramp(at, next), faults: [] }, i));
    at = next;
  }
  return [...windows, ...windower.finish(0)];
}

describe('windows', () => {
  it('lie a hop apart, and the tail is what no window held', () => {
    expect(spans(cut({ window: 400, hop: 200 }, 900, [900]))).toEqual([
      [0, 400, false],
      [200, 600, false],
      [400, 800, false],
      [600, 900, true],
    ]);
  });

  it('have no tail where every sample was in one, or none is wanted', () => {
    expect(spans(cut({ window: 400, hop: 200 }, 800, [100]))).toEqual([
      [0, 400, false],
      [200, 600, false],
      [400, 800, false],
    ]);
    expect(spans(cut({ window: 400, hop: 400, tail: false }, 700, [100]))).toEqual([[0, 400, false]]);
  });

  it('hold exactly their samples, whatever the pieces (property)', () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 500 }),
        fc.integer({ min: 10, max: 100 }),
        fc.integer({ min: 0, max: 3000 }),
        pieces,
        (window, hopPercent, total, lengths) => {
          const hop = Math.max(1, Math.round((window * hopPercent) / 100));
          const windows = cut({ window, hop }, total, lengths);
          windows.forEach((w, i) => {
            expect(w.index).toBe(i);
            expect(w.startSample).toBe(i * hop);
            if ('samples' in w.content) expect(w.content.samples).toEqual(ramp(w.startSample, w.endSample));
            else expect(w.content.error.reason).toBe('AUDIO_TOO_SHORT');
          });
          expect(windows.at(-1)?.endSample ?? 0).toBe(total);
          expect(spans(windows)).toEqual(spans(cut({ window, hop }, total, [total || 1])));
        },
      ),
    );
  });

  it('start anew where a flush stood', () => {
    const windower = new Windower({ windowSamples: 400, hopSamples: 400, emitTail: true }, RATE);
    expect(spans(windower.push({ samples: ramp(0, 150), faults: [] }, 0))).toEqual([]);
    expect(spans(windower.flush(0))).toEqual([[0, 150, true]]);
    expect(spans(windower.flush(0))).toEqual([]);
    expect(spans(windower.push({ samples: ramp(150, 550), faults: [] }, 1))).toEqual([[150, 550, false]]);
  });

  it('that a fault reaches are errors; the others are not', () => {
    const windower = new Windower({ windowSamples: 200, hopSamples: 200, emitTail: true }, RATE);
    const faults = { value: NaN, position: 250, lastPosition: 400, count: 2 };
    const ranges = [{ start: 240, end: 410, faults }];
    const windows = [...windower.push({ samples: ramp(0, 800), faults: ranges }, 0)];
    expect(windows.map((w) => 'error' in w.content)).toEqual([false, true, true, false]);
  });

  it('are errors where a sample in them is bad, and only there, however many samples are (property)', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 1999 }), { maxLength: 60 }),
        fc.integer({ min: 100, max: 400 }),
        fc.integer({ min: 1, max: 100 }),
        (bad, window, hopPercent) => {
          const hop = Math.max(1, Math.round((window * hopPercent) / 100));
          const windower = new Windower({ windowSamples: window, hopSamples: hop, emitTail: true }, RATE);
          const faults = [...bad]
            .sort((a, b) => a - b)
            .map((at) => ({
              start: at,
              end: at + 1,
              faults: { value: NaN, position: at, lastPosition: at, count: 1 },
            }));
          for (const { startSample, endSample, content } of windower.push(
            { samples: ramp(0, 2000), faults },
            0,
          )) {
            const isBad = bad.some((at) => at >= startSample && at < endSample);
            expect('error' in content).toBe(isBad);
          }
        },
      ),
    );
  });

  it('are made one by one, as they are asked for', () => {
    const windower = new Windower({ windowSamples: 400, hopSamples: 1, emitTail: true }, RATE);
    const windows = windower.push({ samples: ramp(0, 100_000), faults: [] }, 0);
    expect(windows.next().value).toMatchObject({ startSample: 0 });
    expect(windower.position).toBeLessThanOrEqual(800);
  });

  it('say which chunk reached them last', () => {
    const sequences = cut({ window: 300, hop: 300 }, 600, [100]).map((w) => w.lastSequence);
    expect(sequences).toEqual([2, 5]);
  });
});

import { describe, expect, it } from 'vitest';
import { Caches, type Place } from './caches.js';
import { roomFor } from './config.js';

const sizes = { layers: 2, heads: 2, width: 8 };
const shape = { rows: 2, sourceTokens: 5, mostRoom: 128 };
/** Of a place, by the formula. */
const placeBytes = sizes.layers * 2 * sizes.width * 4 * (shape.sourceTokens + shape.rows * shape.mostRoom);

/** Each number says whose it is. */
const states = (seed: number) =>
  Array.from({ length: sizes.layers }, (_, layer) =>
    new Float32Array(shape.sourceTokens * sizes.width).fill(100 * seed + layer),
  );

function filled(seed: number, caches: Caches<Place>): Place {
  const place: Place = { index: 0 };
  caches.add(place, states(seed), states(seed));
  caches.wake(place);
  caches.makeRoom(shape.mostRoom);
  for (let row = 0; row < shape.rows; row++) {
    const token = new Float32Array(sizes.width).fill(seed);
    for (let layer = 0; layer < sizes.layers; layer++)
      caches.write(layer, place.index * shape.rows + row, 3, token, token);
  }
  return place;
}

function expectWhole(caches: Caches<Place>, held: ReadonlyMap<number, Place>): void {
  for (const [seed, { index }] of held) {
    const { keys, values } = caches.cross(index, 1);
    expect(keys[1].every((number) => number === 100 * seed + 1)).toBe(true);
    expect(values[0].every((number) => number === 100 * seed)).toBe(true);
    const own = caches.self(index * shape.rows, shape.rows);
    const headWidth = sizes.width / sizes.heads;
    for (let piece = 0; piece < shape.rows * sizes.heads; piece++)
      expect(own.keys[1][(piece * caches.room + 3) * headWidth]).toBe(seed);
  }
}

describe('caches', () => {
  it('hold at most half more than their places, however many come and go, and what each holds stays', () => {
    const caches = new Caches<Place>(sizes, shape);
    const held = new Map<number, Place>();
    let seed = 0;
    for (const wanted of [40, 3, 17, 1, 25, 0]) {
      while (held.size !== wanted) {
        if (held.size < wanted) {
          held.set(++seed, filled(seed, caches));
        } else {
          const [some, place] = [...held][held.size >> 1];
          caches.remove(place);
          held.delete(some);
        }
        expect(caches.bytes).toBeLessThanOrEqual(1.5 * held.size * placeBytes);
      }
      expectWhole(caches, held);
    }
    expect(caches.bytes).toBe(0);
  });

  it('have no room for more tokens than was said', () => {
    const caches = new Caches<Place>(sizes, shape);
    caches.add({ index: 0 }, states(1), states(1));
    expect(() => caches.makeRoom(129)).toThrow('129 tokens');
  });

  it('are sized by powers of two, up to the positions', () => {
    const rooms = [1, 64, 65, 200, 300, 448].map((tokens) => roomFor(tokens, 448));
    expect(rooms).toEqual([64, 64, 128, 256, 448, 448]);
  });
});

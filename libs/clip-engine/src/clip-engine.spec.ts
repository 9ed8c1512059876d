import { soleCaller } from '@triptych/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClipEngine } from './clip-engine.js';
import { checkPrecomputed } from './precomputed.js';
import { toMatrix } from './similarity.js';
import { fillTemplate } from './template.js';

let engine: ClipEngine;
beforeAll(async () => {
  engine = await ClipEngine.start();
});
afterAll(() => engine.close());

const rows = (...vectors: number[][]) =>
  toMatrix(
    vectors.map((v) => Float32Array.from(v)),
    vectors[0].length,
  );

describe('the engine of the shared space', () => {
  it('compares every query with every candidate', async () => {
    const request = {
      queries: rows([1, 0], [0, 1]),
      candidates: rows([1, 0], [0.6, 0.8], [0, -1]),
      scale: 10,
    };
    const scores = await engine.compare(request, { caller: soleCaller() });
    expect([...scores].map((v) => Math.round(v))).toEqual([10, 6, 0, 0, 8, -10]);
  });

  it('ranks best first, and the earlier of equals', async () => {
    const candidates = rows([0, 1], [1, 0], [1, 0], [-1, 0]);
    const [best] = await engine.rank(
      {
        queries: rows([1, 0]),
        candidates,
        scale: 1,
        topK: 3,
      },
      { caller: soleCaller() },
    );
    expect(best.map(({ index }) => index)).toEqual([1, 2, 0]);
  });

  it('gives probabilities that add up to 1, in the order of the scores', async () => {
    const score = fc.double({ min: -1, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(score, { minLength: 1, maxLength: 20 }), async (values) => {
        const candidates = rows(...values.map((v) => [v]));
        const [ranked] = await engine.rank(
          {
            queries: rows([1]),
            candidates,
            scale: 100,
            topK: 0,
            probabilities: 'softmax',
          },
          { caller: soleCaller() },
        );
        const sum = ranked.reduce((total, { score }) => total + score, 0);
        expect(sum).toBeCloseTo(1, 5);
        expect(Math.fround(values[ranked[0].index])).toBeCloseTo(Math.max(...values), 6);
      }),
      { numRuns: 30 },
    );
  });
});

describe('probabilities of candidates by themselves', () => {
  it('need not add up to 1, and follow scale and bias', async () => {
    const [ranked] = await engine.rank(
      {
        queries: rows([1, 0]),
        candidates: rows([1, 0], [0.6, 0.8], [0, 1]),
        scale: 10,
        bias: -6,
        topK: 0,
        probabilities: 'sigmoid',
      },
      { caller: soleCaller() },
    );
    expect(ranked.map(({ score }) => Number(score.toFixed(4)))).toEqual([0.982, 0.5, 0.0025]);
  });
});

describe('callers of the engine', () => {
  const large = () => rows(...Array.from({ length: 400 }, () => Array<number>(256).fill(0.1)));
  const compare = (principal: string, options: { readonly signal?: AbortSignal } = {}) =>
    engine.compare(
      { queries: large(), candidates: large(), scale: 1 },
      { caller: { principal, flow: 0 }, ...options },
    );

  it('take turns, however many calls one of them makes', async () => {
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    const greedy = Array.from({ length: 10 }, () => compare('greedy').then(note('greedy')));
    const modest = compare('modest').then(note('modest'));
    // One is being computed.
    expect(engine.waiting).toBe(10);
    await Promise.all([...greedy, modest]);
    expect(engine.waiting).toBe(0);
    expect(order.indexOf('modest')).toBeLessThan(3);
  });

  it('that have gone are not computed for', async () => {
    const controller = new AbortController();
    const first = compare('first');
    const gone = compare('gone', { signal: controller.signal });
    controller.abort();
    await expect(gone).rejects.toMatchObject({ reason: 'CANCELLED' });
    expect(await first).toHaveLength(160_000);
    await expect(compare('gone', { signal: controller.signal })).rejects.toMatchObject({
      reason: 'CANCELLED',
    });
  });
});

describe('vectors that were made earlier', () => {
  const shared = { name: 'words', dimensions: 2 };
  it('are brought to length 1', () => {
    const vector = checkPrecomputed({ values: Float32Array.of(3, 4), space: 'words' }, shared);
    expect([...vector].map((v) => Math.round(10 * v))).toEqual([6, 8]);
  });

  it.each([
    [[3, 4], 'other', 'SPACE_MISMATCH'],
    [[1], 'words', 'EMBEDDING_INVALID'],
    [[0, 0], 'words', 'EMBEDDING_INVALID'],
    [[NaN, 1], 'words', 'EMBEDDING_INVALID'],
    [[Infinity, 1], 'words', 'EMBEDDING_INVALID'],
  ])('%j of space %s: %s', (values, space, reason) => {
    expect(() => checkPrecomputed({ values: Float32Array.from(values), space }, shared)).toThrow(
      expect.objectContaining({ reason }) as Error,
    );
  });
});

describe('a template', () => {
  it('has one place for a label', () => {
    expect(fillTemplate('an emoji of {}', 'pizza')).toBe('an emoji of pizza');
    expect(fillTemplate('', 'pizza')).toBe('a photo of a pizza');
    for (const template of ['a photo', '{} and {}'])
      expect(() => fillTemplate(template, 'pizza')).toThrow(/expected once/);
  });
});

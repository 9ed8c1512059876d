import { setMaxListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { soleCaller, type WeightSet, type WeightTensor } from '@triptych/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decoderProducts } from './config.js';
import { Decoder, type DecoderSource } from './decoder.js';
import type { Generated, Generation } from './protocol.js';
import {
  END,
  generation,
  limits,
  network,
  POSITIONS,
  states,
  VOCABULARY,
  weights,
  WIDTH,
} from './testing/small-decoder.js';

/** Some of the weights as int8 with a scale for each row. */
function inInt8({ tensors, parts }: WeightSet, names: ReadonlySet<string>): WeightSet {
  const all = [...parts];
  const changed = [...tensors].map(([name, tensor]): [string, WeightTensor] => {
    if (!names.has(name)) return [name, tensor];
    const values = new Float32Array(parts[tensor.part] as ArrayBuffer);
    const [rows] = tensor.shape;
    const inner = values.length / rows;
    const scales = Float32Array.from({ length: rows }, (_, row) => {
      const of = values.subarray(row * inner, (row + 1) * inner);
      return of.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    });
    const int8 = Int8Array.from(values, (value, i) => Math.round(value / scales[Math.floor(i / inner)]));
    const part = all.push(int8.buffer) - 1;
    return [
      name,
      { ...tensor, storedAs: 'int8', type: 'int8', part, byteOffset: 0, byteLength: int8.length, scales },
    ];
  });
  return { tensors: new Map(changed), parts: all };
}

let decoder: Decoder;
beforeAll(async () => {
  decoder = await Decoder.start(network, { name: 'small', threads: 2, weights, limits });
});
afterAll(() => decoder.close());

async function alone(source: DecoderSource | Promise<DecoderSource>, wanted = generation()) {
  const open = await source;
  try {
    return await open.generate(wanted);
  } finally {
    open.close();
  }
}

describe('a decoder', () => {
  it('says of each sequence what it says alone, whatever runs beside it, joins and leaves', async () => {
    const kinds: Generation[] = [
      generation(),
      generation({ prompt: [5, 6, 7, 8, 9], maxTokens: 90 }),
      generation({ search: { kind: 'sample', temperature: 1, topK: 0, seed: 7 } }),
      generation({ prompt: [4], maxTokens: 12 }),
      generation({ search: { kind: 'beam', lengthPenalty: 1, earlyStopping: false }, maxTokens: 30 }),
    ];
    const wanted = Array.from({ length: 15 }, (_, i) => kinds[i % kinds.length]);
    const open = (i: number) =>
      decoder.open(states(100 + i, i % 2 === 0 ? 20 : 33), {
        beams: wanted[i].search.kind === 'beam' ? 4 : 1,
      });
    const singly: Generated[] = [];
    for (const [i, one] of wanted.entries()) singly.push(await alone(open(i), one));
    const before = decoder.statistics;
    const together = await Promise.all(
      wanted.map(async (one, i) => {
        await new Promise((resolve) => setTimeout(resolve, 3 * (i % 4)));
        return alone(open(i), one);
      }),
    );
    expect(together.map(({ tokens }) => tokens)).toEqual(singly.map(({ tokens }) => tokens));
    together.forEach(({ meanLogProbability }, i) =>
      expect(meanLogProbability).toBeCloseTo(singly[i].meanLogProbability, 4),
    );
    const { steps, rows } = decoder.statistics;
    expect(rows - before.rows).toBeGreaterThan(1.5 * (steps - before.steps));
    expect(new Set(singly.map(({ tokens }) => tokens.join())).size).toBeGreaterThan(8);
    expect(decoder.load).toEqual({ sequences: 0, bytes: 0, waiting: 0 });
  });

  it('waits for sources that are being made for the same caller, and decodes all side by side', async () => {
    const before = decoder.statistics;
    const caller = soleCaller();
    const came = decoder.expect(caller);
    const wanted = generation({ rules: { suppressed: [0, END], suppressedFirst: [] } });
    const first = alone(decoder.open(states(3), { beams: 1, caller }), wanted);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = alone(decoder.open(states(4), { beams: 1, caller }), wanted);
    came();
    came();
    await Promise.all([first, second]);
    const { steps, rows } = decoder.statistics;
    expect(rows - before.rows).toBe(2 * (steps - before.steps));
  });

  it('decodes side by side what may become about as long, so that nothing has the room of what is much longer', async () => {
    const wanted = generation({ rules: { suppressed: [0, END], suppressedFirst: [] } });
    const rowsOfAStep = async (...most: readonly number[]) => {
      const before = decoder.statistics;
      const caller = soleCaller();
      const came = decoder.expect(caller);
      const all = most.map((maxTokens, i) =>
        alone(decoder.open(states(i), { beams: 1, maxTokens, caller }), wanted),
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
      came();
      await Promise.all(all);
      const { steps, rows } = decoder.statistics;
      return (rows - before.rows) / (steps - before.steps);
    };
    expect(await rowsOfAStep(40, 64)).toBe(2);
    expect(await rowsOfAStep(40, 200)).toBe(1);
  });

  it('waits for the sources of nobody else', async () => {
    // Whoever waited would do so for longer than a test may take.
    const patient = await Decoder.start(network, {
      name: 'patient',
      threads: 1,
      weights,
      limits: { ...limits, holdMs: 3_600_000 },
    });
    try {
      const caller = soleCaller();
      const came = patient.expect(caller);
      const other = () => alone(patient.open(states(3), { beams: 1 }), generation());
      const alike = await other();
      const own = alone(patient.open(states(4), { beams: 1, caller }), generation());
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect((await other()).tokens).toEqual(alike.tokens);
      came();
      expect((await own).tokens.length).toBeGreaterThan(0);
    } finally {
      await patient.close();
    }
  });

  it('with weights in int8 says of each sequence what it says alone, and nearly what it says in float', async () => {
    const int8Weights = new Set(decoderProducts(network).filter((name) => !/cross\.[kv]/.test(name)));
    const quantized = { ...network, config: { ...network.config, int8Weights } };
    const int8 = await Decoder.start(quantized, {
      name: 'int8',
      threads: 2,
      weights: async () => inInt8(await weights(), int8Weights),
      limits,
    });
    try {
      const wanted = generation({ probes: [{ at: 1, tokens: [5, 6, 7, 8], among: 'these' }] });
      const open = (i: number, on: Decoder) => alone(on.open(states(100 + i), { beams: 1 }), wanted);
      const all = Array.from({ length: 8 }, (_, i) => i);
      const singly: Generated[] = [];
      for (const i of all) singly.push(await open(i, int8));
      const together = await Promise.all(all.map((i) => open(i, int8)));
      expect(together.map(({ tokens }) => tokens)).toEqual(singly.map(({ tokens }) => tokens));
      for (const i of all) {
        const float = await open(i, decoder);
        expect(float.probes).not.toEqual(singly[i].probes);
        float.probes[0].forEach((value, j) => expect(singly[i].probes[0][j]).toBeCloseTo(value, 1));
      }
    } finally {
      await int8.close();
    }
  });

  it('goes on from its caches as it would from the whole sequence', async () => {
    const source = await decoder.open(states(1), { beams: 1 });
    const whole = await source.generate(generation({ maxTokens: 90 }));
    for (const length of [1, 5, 20]) {
      const prompt = [2, 3, ...whole.tokens.slice(0, length)];
      const rest = await source.generate(
        generation({ prompt, maxTokens: 90, rules: { suppressed: [0], suppressedFirst: [] } }),
      );
      expect(rest.tokens).toEqual(whole.tokens.slice(length));
    }
    source.close();
  });

  it('takes only tokens that the rules admit, and ends by the end token or by the limit', async () => {
    const greedy = await alone(decoder.open(states(2), { beams: 1 }));
    const [first] = greedy.tokens;
    const other = await alone(
      decoder.open(states(2), { beams: 1 }),
      generation({ rules: { suppressed: [first], suppressedFirst: [] } }),
    );
    expect(other.tokens).not.toContain(first);
    const rules = { suppressed: [], suppressedFirst: [], forced: [9, 8, 7] };
    const forced = await alone(decoder.open(states(2), { beams: 1 }), generation({ rules, maxTokens: 6 }));
    expect(forced).toMatchObject({ finish: 'length' });
    expect(forced.tokens.slice(0, 3)).toEqual([9, 8, 7]);
    expect(forced.tokens).toHaveLength(4);
    const cut = generation({ rules: { suppressed: [], suppressedFirst: [], forced: [9, END] } });
    expect(await alone(decoder.open(states(2), { beams: 1 }), cut)).toMatchObject({
      tokens: [9, END],
      finish: 'end',
    });
  });

  it('finds with beams a sequence at least as likely as the greedy one', async () => {
    let better = 0;
    for (let seed = 20; seed < 30; seed++) {
      const sum = async (beams: number, search: Generation['search']) => {
        const rules = { suppressed: [0], suppressedFirst: [END], minTokens: 99 };
        const wanted = generation({ search, rules, maxTokens: 12 });
        const { tokens, meanLogProbability } = await alone(decoder.open(states(seed), { beams }), wanted);
        expect(tokens).toHaveLength(10);
        return tokens.length * meanLogProbability;
      };
      const greedy = await sum(1, { kind: 'greedy' });
      const beam = await sum(6, { kind: 'beam', lengthPenalty: 0, earlyStopping: false });
      expect(beam).toBeGreaterThanOrEqual(greedy - 1e-4);
      if (beam > greedy + 1e-4) better++;
    }
    expect(better).toBeGreaterThan(0);
  });

  it('draws the same by the same seed, and as often as a token is likely', async () => {
    const source = await decoder.open(states(3), { beams: 1 });
    const sampled = (seed: number, maxTokens: number, temperature = 1, topK = 0) => {
      const search = { kind: 'sample', temperature, topK, seed } as const;
      return source.generate(
        generation({ search, maxTokens, rules: { suppressed: [], suppressedFirst: [] } }),
      );
    };
    expect((await sampled(5, 40)).tokens).toEqual((await sampled(5, 40)).tokens);
    expect((await sampled(5, 40)).tokens).not.toEqual((await sampled(6, 40)).tokens);
    const all = Array.from({ length: VOCABULARY }, (_, token) => token);
    const { probes } = await source.generate(
      generation({ maxTokens: 2, probes: [{ at: 1, tokens: all, among: 'all' }] }),
    );
    expect(probes[0].reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
    const counts = new Array<number>(VOCABULARY).fill(0);
    const draws = 1000;
    for (let seed = 0; seed < draws; seed++) counts[(await sampled(seed * 7919, 3)).tokens[0]]++;
    // Pearson's statistic over the tokens that are likely enough; one in a million exceeds twice their number and 60.
    const likely = all.filter((token) => probes[0][token] * draws > 5);
    expect(likely.length).toBeGreaterThan(2);
    const squares = likely.map((t) => (counts[t] - draws * probes[0][t]) ** 2 / (draws * probes[0][t]));
    expect(squares.reduce((sum, x) => sum + x, 0)).toBeLessThan(2 * likely.length + 60);
    const best = probes[0].indexOf(Math.max(...probes[0]));
    expect((await sampled(1, 3, 1e-3)).tokens).toEqual([best]);
    expect((await sampled(2, 3, 5, 1)).tokens).toEqual([best]);
    source.close();
  });

  it('stops between two steps for whoever cancels, and goes on for the others', async () => {
    const rules = { suppressed: [END], suppressedFirst: [] };
    const source = await decoder.open(states(4), { beams: 1 });
    const other = await decoder.open(states(5), { beams: 1 });
    const cancel = new AbortController();
    const told: number[] = [];
    const long = source.generate(generation({ rules, maxTokens: POSITIONS }), {
      signal: cancel.signal,
      onProgress: (tokens) => {
        told.push(tokens.length);
        cancel.abort();
      },
    });
    const kept = other.generate(generation({ rules, maxTokens: POSITIONS }));
    await expect(long).rejects.toMatchObject({ reason: 'CANCELLED' });
    expect(told[0]).toBeLessThan(POSITIONS - 2);
    expect((await kept).tokens).toHaveLength(POSITIONS - 2);
    // Nothing of it is left: the source generates anew.
    expect((await source.generate(generation({ rules, maxTokens: POSITIONS }))).tokens).toHaveLength(
      POSITIONS - 2,
    );
    source.close();
    other.close();
  });

  it('keeps nothing of a source that is given up before its turn', async () => {
    const rules = { suppressed: [END], suppressedFirst: [] };
    const busy = await decoder.open(states(4), { beams: 1 });
    const running = busy.generate(generation({ rules, maxTokens: POSITIONS }));
    for (let i = 0; i < 50; i++) {
      const given = await decoder.open(states(5), { beams: 1 });
      const cancel = new AbortController();
      const long = given.generate(generation(), { signal: cancel.signal });
      cancel.abort();
      await expect(long).rejects.toMatchObject({ reason: 'CANCELLED' });
      given.close();
    }
    await running;
    expect(decoder.held).toBe(1);
    busy.close();
    await expect.poll(() => decoder.held).toBe(0);
  });

  it('lets in who waits behind a large one that gives up', async () => {
    const all = await decoder.open(states(6), { beams: 8 });
    const cancel = new AbortController();
    const large = decoder.open(states(6), { beams: 12, signal: cancel.signal });
    const small = decoder.open(states(6), { beams: 1 });
    cancel.abort();
    await expect(large).rejects.toMatchObject({ reason: 'CANCELLED' });
    (await small).close();
    all.close();
    expect(decoder.load).toEqual({ sequences: 0, bytes: 0, waiting: 0 });
  });

  it('refuses beyond its bounds, and waits up to them', async () => {
    const bytes = decoder.bytesOf({ sourceTokens: 20, beams: 1, tokens: POSITIONS });
    expect(bytes).toBe(2 * 2 * WIDTH * 4 * (20 + 1024));
    await expect(decoder.open(states(6, 40_000), { beams: 1 })).rejects.toMatchObject({
      reason: 'OVERLOADED',
    });
    await expect(decoder.open(states(6), { beams: 13 })).rejects.toMatchObject({ reason: 'OVERLOADED' });
    const open = await Promise.all(
      Array.from({ length: 12 }, (_, i) => decoder.open(states(i), { beams: 1 })),
    );
    expect(decoder.load).toEqual({ sequences: 12, bytes: 12 * bytes, waiting: 0 });
    const cancel = new AbortController();
    setMaxListeners(20, cancel.signal);
    const waiting = Array.from({ length: 20 }, (_, i) =>
      decoder.open(states(i), { beams: 1, signal: cancel.signal }),
    );
    await expect(decoder.open(states(7), { beams: 1 })).rejects.toMatchObject({ reason: 'OVERLOADED' });
    open[0].close();
    const entered = await waiting[0];
    cancel.abort();
    for (const one of waiting.slice(1)) await expect(one).rejects.toMatchObject({ reason: 'CANCELLED' });
    expect((await entered.generate(generation())).tokens.length).toBeGreaterThan(0);
    for (const one of [entered, ...open]) one.close();
    expect(decoder.load).toEqual({ sequences: 0, bytes: 0, waiting: 0 });
  });

  it('loses with its worker what it held, says so, and goes on with the next one', async () => {
    const rules = { suppressed: [END], suppressedFirst: [] };
    const source = await decoder.open(states(8), { beams: 1 });
    const before = await source.generate(generation({ maxTokens: 20 }));
    const running = source.generate(generation({ rules, maxTokens: POSITIONS }));
    const lost = expect(running).rejects.toMatchObject({ reason: 'WORKER_LOST' });
    await decoder.kill();
    await lost;
    while (!decoder.ready) await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(source.generate(generation())).rejects.toMatchObject({ reason: 'WORKER_LOST' });
    source.close();
    const again = await alone(decoder.open(states(8), { beams: 1 }), generation({ maxTokens: 20 }));
    expect(again.tokens).toEqual(before.tokens);
    expect(decoder.load).toEqual({ sequences: 0, bytes: 0, waiting: 0 });
  });

  it('serves with the next worker what the last one never got', async () => {
    const rules = { suppressed: [END], suppressedFirst: [] };
    const wanted = generation({ maxTokens: 20 });
    const before = await alone(decoder.open(states(9), { beams: 1 }), wanted);
    const source = await decoder.open(states(8), { beams: 1 });
    await new Promise<void>((resolve, reject) => {
      const onProgress = () => {
        void decoder.kill();
        resolve();
      };
      source.generate(generation({ rules, maxTokens: POSITIONS }), { onProgress }).catch(reject);
    }).finally(() => source.close());
    // The turn has gone to the worker that ends, and these come behind it.
    await setImmediate();
    const [late, given] = [
      await decoder.open(states(9), { beams: 1 }),
      await decoder.open(states(7), { beams: 1 }),
    ];
    const generated = late.generate(wanted);
    given.close();
    expect((await generated).tokens).toEqual(before.tokens);
    expect(decoder.held).toBe(1);
    // And so with who comes while there is no worker.
    await decoder.kill();
    const later = alone(decoder.open(states(9), { beams: 1 }), wanted);
    expect((await later).tokens).toEqual(before.tokens);
    late.close();
  });

  it('that is closed waits for no worker', async () => {
    const closed = await Decoder.start(network, { name: 'closed', threads: 1, weights, limits });
    await closed.kill();
    const closing = closed.close();
    await expect(alone(closed.open(states(9), { beams: 1 }))).rejects.toMatchObject({ reason: 'DRAINING' });
    await closing;
  }, 5_000);
});

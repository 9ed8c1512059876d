import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { Decoder } from './decoder.js';
import { decoderGraph } from './graph.js';
import { END, generation, limits, network, states, weights } from './testing/small-decoder.js';

const aligning = {
  ...network,
  alignment: {
    heads: [
      { layer: 1, head: 0 },
      { layer: 1, head: 3 },
    ],
    medianWidth: 3,
  },
};

/** As far as the ONNX IR says what is computed. */
const { root } = protobuf.parse(`syntax = "proto3";
  message Node { repeated string output = 2; string op_type = 4; }
  message Graph { repeated Node node = 1; }
  message Model { Graph graph = 7; }`);
const nodesOf = (network: Parameters<typeof decoderGraph>[0]) => {
  const model = root.lookupType('Model').decode(decoderGraph(network).encode());
  const { graph } = model as unknown as {
    graph: { node: { output: string[]; opType: string }[] };
  };
  return graph.node.map(({ opType, output }) => ({
    opType,
    name: /^[a-z]/.test(output[0]) ? output[0] : '',
  }));
};

describe('a decoder whose heads align', () => {
  it('computes nothing more: one layer more is named as an output', () => {
    const more = nodesOf(aligning).filter(({ name }) => name.startsWith('cross_query'));
    expect(more).toEqual([{ opType: 'Identity', name: 'cross_query_1' }]);
    expect(nodesOf(aligning).filter((node) => node.name !== 'cross_query_1')).toEqual(nodesOf(network));
  });

  it('says where tokens begin, whatever runs beside it, and generates the same as one that does not', async () => {
    const [plain, decoder] = await Promise.all(
      [network, aligning].map((one) => Decoder.start(one, { name: 'small', threads: 1, weights, limits })),
    );
    try {
      const rules = { suppressed: [END], suppressedFirst: [] };
      const read = generation({ prompt: [2, 3, 9, 8, 7, 6, 5], maxTokens: 7, align: { from: 2, reach: 16 } });
      const source = await decoder.open(states(1), { beams: 1 });
      const { alignment, tokens } = await source.generate(read);
      expect(tokens).toEqual([]);
      expect(alignment).toHaveLength(5);
      expect(alignment?.[0]).toBe(0);
      expect(alignment).toEqual([...(alignment ?? [])].sort((a, b) => a - b));
      expect(alignment?.at(-1)).toBeLessThan(16);
      expect(alignment?.at(-1)).toBeGreaterThan(0);
      const others = await Promise.all([2, 3].map((seed) => decoder.open(states(seed), { beams: 1 })));
      const [beside, ...rest] = await Promise.all([
        source.generate(read),
        ...others.map((other) => other.generate(generation({ rules, maxTokens: 60 }))),
      ]);
      expect(beside.alignment).toEqual(alignment);
      const first = await source.generate({ ...read, align: { from: 2, reach: 1 } });
      expect(first.alignment).toEqual([0, 0, 0, 0, 0]);
      expect((await source.generate({ ...read, align: { from: 7, reach: 16 } })).alignment).toEqual([]);
      const alike = await Promise.all([2, 3].map((seed) => plain.open(states(seed), { beams: 1 })));
      const same = await Promise.all(
        alike.map((other) => other.generate(generation({ rules, maxTokens: 60 }))),
      );
      expect(same.map(({ tokens }) => tokens)).toEqual(rest.map(({ tokens }) => tokens));
      expect(rest[0].alignment).toBeUndefined();
      expect(() => alike[0].generate(read)).toThrow('expected a network whose heads align');
    } finally {
      await Promise.all([plain.close(), decoder.close()]);
    }
  });
});

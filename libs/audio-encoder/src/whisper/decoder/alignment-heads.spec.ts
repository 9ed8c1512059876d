import { describe, expect, it } from 'vitest';
import { readAlignment } from './alignment-heads.js';
import { whisperDecoder } from './config.js';

const config = {
  d_model: 32,
  decoder_layers: 2,
  decoder_attention_heads: 4,
  decoder_ffn_dim: 64,
  vocab_size: 100,
  max_target_positions: 16,
};
const network = whisperDecoder(config);

describe('alignment_heads', () => {
  it('are pairs of a layer and a head; the median is that of the configuration', () => {
    const heads = [
      { layer: 0, head: 3 },
      { layer: 1, head: 0 },
    ];
    const generation = {
      alignment_heads: [
        [0, 3],
        [1, 0],
      ],
    };
    expect(readAlignment(generation, config, network)).toEqual({ heads, medianWidth: 7 });
    expect(readAlignment(generation, { ...config, median_filter_width: 3 }, network)).toEqual({
      heads,
      medianWidth: 3,
    });
  });

  it('are none where the checkpoint names none', () => {
    for (const generation of [{}, { alignment_heads: null }, { alignment_heads: [] }])
      expect(readAlignment(generation, config, network)).toBeUndefined();
  });

  it.each([
    [[[2, 0]]],
    [[[0, 4]]],
    [[[0, -1]]],
    [[[0.5, 0]]],
    [[[0]]],
    [[0, 1]],
    ['all'],
    [Array.from({ length: 9 }, () => [0, 0])],
  ])('that the decoder does not have are refused: %j', (pairs) => {
    expect(() => readAlignment({ alignment_heads: pairs }, config, network)).toThrow(
      'alignment_heads must be pairs of a layer below 2 and a head below 4',
    );
  });

  it('are refused with a median of an even width', () => {
    const generation = { alignment_heads: [[0, 0]] };
    expect(() => readAlignment(generation, { ...config, median_filter_width: 4 }, network)).toThrow(
      'median_filter_width must be odd',
    );
  });
});

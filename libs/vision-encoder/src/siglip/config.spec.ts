import { describe, expect, it } from 'vitest';
import { readSiglipVisionConfig, siglipTokenCount } from './config.js';
import { siglipVisionTower } from './tower.js';

describe("a SigLIP checkpoint's vision configuration", () => {
  it("has the reference's defaults where it is silent, as those of the base size are", () => {
    const config = readSiglipVisionConfig({ vision_config: {} });
    expect(config).toMatchObject({
      imageSize: 224,
      patchSize: 16,
      layers: 12,
      pixels: { mean: [0.5, 0.5, 0.5] },
    });
    expect(config.blocks).toMatchObject({ width: 768, activation: 'gelu_tanh', layerNormEpsilon: 1e-6 });
    expect(siglipVisionTower({ vision_config: {} }).recipe).toMatchObject({
      size: { width: 224, height: 224 },
    });
  });

  it('sees the whole patches of an image', () => {
    const config = readSiglipVisionConfig({ vision_config: { image_size: 384, patch_size: 14 } });
    expect(siglipTokenCount(config)).toBe(27 ** 2);
  });

  it.each([
    [{ vision_use_head: false }, /vision_config.vision_use_head must be true/],
    [{ hidden_act: 'relu' }, /hidden_act must be one of gelu_pytorch_tanh, .* found "relu"/],
    [{ num_channels: 1 }, /num_channels must be 3/],
    [{ patch_size: 500 }, /patch_size must be at most image_size/],
  ])('%j is refused by name', (fields, message) => {
    expect(() => readSiglipVisionConfig({ vision_config: fields })).toThrow(message);
  });
});

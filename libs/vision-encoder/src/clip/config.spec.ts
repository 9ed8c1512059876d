import { describe, expect, it } from 'vitest';
import { readVisionConfig, tokenCount } from './config.js';
import { visionGraph } from './graph.js';

const b32 = {
  projection_dim: 512,
  vision_config: {
    hidden_size: 768,
    intermediate_size: 3072,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    image_size: 224,
    patch_size: 32,
  },
};

describe("a CLIP checkpoint's vision configuration", () => {
  it("has the reference's defaults where it is silent", () => {
    const config = readVisionConfig(b32);
    expect(config.blocks).toMatchObject({ activation: 'quick_gelu', layerNormEpsilon: 1e-5, norms: 'pre' });
    expect(config.pixels).toMatchObject({ factor: 1 / 255, mean: [0.48145466, 0.4578275, 0.40821073] });
    expect(tokenCount(config)).toBe(50);
  });

  it('asks for every weight of the tower, in the shapes that the checkpoint has', () => {
    const { weights } = visionGraph(readVisionConfig(b32));
    expect(weights.size).toBe(3 + 2 + 12 * 16 + 2 + 1);
    expect(weights.get('vision_model.embeddings.patch_embedding.weight')).toEqual([768, 3, 32, 32]);
    expect(weights.get('vision_model.embeddings.class_embedding')).toEqual([768]);
    expect(weights.get('vision_model.pre_layrnorm.weight')).toEqual([768]);
  });

  it('is refused with every bad field named by its path', () => {
    const bad = {
      projection_dim: -1,
      vision_config: { ...b32.vision_config, hidden_act: 'relu', patch_size: 30 },
    };
    expect(() => readVisionConfig(bad, { image_mean: [1] })).toThrow(
      /projection_dim must be a positive integer.*image_mean must be 3 numbers, found \[1\].*vision_config.image_size must be a multiple.*vision_config.hidden_act must be one of quick_gelu, gelu, found "relu"/,
    );
    expect(() => readVisionConfig({})).toThrow(/vision_config must be an object, found nothing/);
  });
});

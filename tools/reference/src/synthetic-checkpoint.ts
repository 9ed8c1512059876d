import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readModel, requiredTensors, speechTensors } from '@triptych/model-families';
import { encodeSafetensors } from '@triptych/weight-loader';
import { syntheticTensor, type Tails } from './synthetic-weights.js';

/** A Whisper of some size, in the fields of HuggingFace's config.json. */
export interface WhisperSize {
  readonly d_model: number;
  readonly encoder_layers: number;
  readonly encoder_attention_heads: number;
  readonly num_mel_bins: number;
}

/** Sizes of the official checkpoints, and a small one with 128 mel bands as large-v3 has. */
export const whisperSizes = {
  tiny: { d_model: 384, encoder_layers: 4, encoder_attention_heads: 6, num_mel_bins: 80 },
  base: { d_model: 512, encoder_layers: 6, encoder_attention_heads: 8, num_mel_bins: 80 },
  mel128: { d_model: 256, encoder_layers: 3, encoder_attention_heads: 4, num_mel_bins: 128 },
} satisfies Record<string, WhisperSize>;

export function whisperJson(size: WhisperSize): Record<string, unknown> {
  return {
    architectures: ['WhisperModel'],
    model_type: 'whisper',
    activation_function: 'gelu',
    encoder_ffn_dim: 4 * size.d_model,
    max_source_positions: 1500,
    ...size,
  };
}

/** A CLIP of some size, in the fields of HuggingFace's config.json. */
export function clipJson(size: ClipSize): Record<string, unknown> {
  const tower = ({ layers, width }: ClipSize['vision']) => ({
    hidden_size: width,
    intermediate_size: 4 * width,
    num_hidden_layers: layers,
    num_attention_heads: width / 64,
    hidden_act: size.activation,
  });
  return {
    architectures: ['CLIPModel'],
    model_type: 'clip',
    projection_dim: size.projection,
    vision_config: { ...tower(size.vision), image_size: 224, patch_size: size.patch },
    text_config: {
      ...tower(size.text),
      max_position_embeddings: 77,
      vocab_size: 49408,
      // OpenAI's checkpoints have it so: it means the highest id.
      eos_token_id: 2,
    },
  };
}

/** A checkpoint of one tower, with its fields where CLIPModel has its own. */
export function towerJson(size: ClipSize, tower: 'vision' | 'text'): Record<string, unknown> {
  const whole = clipJson(size);
  const name = tower === 'vision' ? 'CLIPVisionModelWithProjection' : 'CLIPTextModelWithProjection';
  return {
    ...(whole[`${tower}_config`] as object),
    projection_dim: size.projection,
    architectures: [name],
    model_type: `clip_${tower}_model`,
  };
}

export interface ClipSize {
  readonly vision: { readonly layers: number; readonly width: number };
  readonly text: { readonly layers: number; readonly width: number };
  readonly projection: number;
  readonly patch: number;
  readonly activation: 'quick_gelu' | 'gelu';
}

/** Small enough to be converted in a test. */
export const smallClip: ClipSize = {
  vision: { layers: 4, width: 256 },
  text: { layers: 4, width: 128 },
  projection: 128,
  patch: 32,
  activation: 'quick_gelu',
};

/** Sizes of OpenAI's checkpoints; one has the exact GELU that OpenCLIP's have. */
export const clipSizes = {
  b32: {
    vision: { layers: 12, width: 768 },
    text: { layers: 12, width: 512 },
    projection: 512,
    patch: 32,
    activation: 'quick_gelu',
  },
  b16: {
    vision: { layers: 12, width: 768 },
    text: { layers: 12, width: 512 },
    projection: 512,
    patch: 16,
    activation: 'gelu',
  },
  l14: {
    vision: { layers: 24, width: 1024 },
    text: { layers: 12, width: 768 },
    projection: 768,
    patch: 14,
    activation: 'quick_gelu',
  },
} satisfies Record<string, ClipSize>;

/** Writes a HuggingFace directory with synthetic weights: config.json and model.safetensors, and whatever `files` are. */
export async function writeSyntheticCheckpoint(
  directory: string,
  config: Record<string, unknown>,
  files: Readonly<Record<string, string>> = {},
  spreadAs?: Tails,
): Promise<void> {
  const model = readModel({ config, files, decoder: files });
  const tensors = [...requiredTensors(model), ...(speechTensors(model) ?? [])].map(([name, shape]) => ({
    name,
    shape,
    values: syntheticTensor(name, shape, spreadAs),
  }));
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'config.json'), JSON.stringify(config, null, 2));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  await writeFile(join(directory, 'model.safetensors'), encodeSafetensors(tensors));
}

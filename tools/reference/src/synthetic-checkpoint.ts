import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWhisperConfig, whisperGraph } from '@triptych/audio-encoder';
import { encodeSafetensors } from '@triptych/weight-loader';
import { syntheticTensor } from './synthetic-weights.js';

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

/** Writes a HuggingFace directory with synthetic weights: config.json and model.safetensors. */
export async function writeSyntheticCheckpoint(
  directory: string,
  config: Record<string, unknown>,
): Promise<void> {
  const { weights } = whisperGraph(readWhisperConfig(config));
  const tensors = [...weights].map(([name, shape]) => ({
    name,
    shape,
    values: syntheticTensor(name, shape),
  }));
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'config.json'), JSON.stringify(config, null, 2));
  await writeFile(join(directory, 'model.safetensors'), encodeSafetensors(tensors));
}

import { TriptychError } from '@triptych/core';
import type { Activation } from '@triptych/inference-core';

/** A Whisper encoder, in the paper's terms (Radford et al. 2022), as its checkpoint configures it. */
export interface WhisperConfig {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly mlpWidth: number;
  readonly activation: Activation;
  /** Rows of the position table: encoder frames of the full context. */
  readonly positions: number;
  readonly mel: MelConfig;
}

/** Log-mel spectrogram, in samples of `sampleRate`. */
export interface MelConfig {
  readonly sampleRate: number;
  readonly bins: number;
  readonly window: number;
  readonly hop: number;
}

type Json = Record<string, unknown>;

/** Layer norms of Whisper have PyTorch's default: its configuration has no field for it. */
export const LAYER_NORM_EPSILON = 1e-5;

/** The second convolution's stride: encoder frames per mel frame. */
export const CONV_STRIDE = 2;

/** What `WhisperFeatureExtractor` takes where a checkpoint brings no preprocessor_config.json. */
const featureExtractorDefaults: Json = { sampling_rate: 16000, n_fft: 400, hop_length: 160 };

/** Reads a HuggingFace `config.json` and `preprocessor_config.json`. Throws MODEL_CONFIG naming every bad field. */
export function readWhisperConfig(config: Json, preprocessor: Json = {}): WhisperConfig {
  const problems: string[] = [];
  const extractor = { ...featureExtractorDefaults, feature_size: config['num_mel_bins'], ...preprocessor };
  const count = (source: Json, key: string): number => {
    const value = source[key];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
    problems.push(`${key} must be a positive integer, found ${JSON.stringify(value) ?? 'nothing'}`);
    return 1;
  };
  const activation = config['activation_function'] ?? 'gelu';
  if (activation !== 'gelu')
    problems.push(`activation_function must be gelu, found ${JSON.stringify(activation)}`);
  const whisper: WhisperConfig = {
    width: count(config, 'd_model'),
    layers: count(config, 'encoder_layers'),
    heads: count(config, 'encoder_attention_heads'),
    mlpWidth: count(config, 'encoder_ffn_dim'),
    activation: 'gelu',
    positions: count(config, 'max_source_positions'),
    mel: {
      sampleRate: count(extractor, 'sampling_rate'),
      bins: count(config, 'num_mel_bins'),
      window: count(extractor, 'n_fft'),
      hop: count(extractor, 'hop_length'),
    },
  };
  if (extractor['feature_size'] !== whisper.mel.bins) {
    problems.push(
      `feature_size (${String(extractor['feature_size'])}) must equal num_mel_bins (${whisper.mel.bins})`,
    );
  }
  if (whisper.width % whisper.heads !== 0)
    problems.push(`d_model must be a multiple of encoder_attention_heads`);
  if (whisper.mel.window % 2 !== 0 || whisper.mel.window < whisper.mel.hop) {
    problems.push(`n_fft must be even and at least hop_length`);
  }
  if (problems.length > 0)
    throw new TriptychError('MODEL_CONFIG', `Whisper configuration: ${problems.join('; ')}`);
  return whisper;
}

/** Samples that one encoder frame stands for. */
export function frameSamples({ mel }: WhisperConfig): number {
  return CONV_STRIDE * mel.hop;
}

/** Samples of the model's full context: what PADDED pads to and the most that one clip may hold. */
export function contextSamples(config: WhisperConfig): number {
  return config.positions * frameSamples(config);
}

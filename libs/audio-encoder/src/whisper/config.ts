import { ConfigFields, type JsonObject, type Quantization, readQuantization } from '@triptych/core';
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
  readonly quantization: Quantization | undefined;
}

/** Log-mel spectrogram, in samples of `sampleRate`. */
export interface MelConfig {
  readonly sampleRate: number;
  readonly bins: number;
  readonly window: number;
  readonly hop: number;
}

/** Layer norms of Whisper have PyTorch's default: its configuration has no field for it. */
export const LAYER_NORM_EPSILON = 1e-5;

/** The second convolution's stride: encoder frames per mel frame. */
export const CONV_STRIDE = 2;

/** What `WhisperFeatureExtractor` takes where a checkpoint brings no preprocessor_config.json. */
const featureExtractorDefaults = { sampling_rate: 16000, n_fft: 400, hop_length: 160 };

/** Reads a HuggingFace `config.json` and `preprocessor_config.json`. Throws MODEL_CONFIG naming every bad field. */
export function readWhisperConfig(config: JsonObject, preprocessor: JsonObject = {}): WhisperConfig {
  const extractor = { ...featureExtractorDefaults, feature_size: config['num_mel_bins'], ...preprocessor };
  const fields = new ConfigFields({ ...config, ...extractor });
  const whisper: WhisperConfig = {
    width: fields.count('d_model'),
    layers: fields.count('encoder_layers'),
    heads: fields.count('encoder_attention_heads'),
    mlpWidth: fields.count('encoder_ffn_dim'),
    activation: fields.choice<Activation>('activation_function', { gelu: 'gelu' }, 'gelu'),
    positions: fields.count('max_source_positions'),
    mel: {
      sampleRate: fields.count('sampling_rate'),
      bins: fields.count('num_mel_bins'),
      window: fields.count('n_fft'),
      hop: fields.count('hop_length'),
    },
    quantization: readQuantization(fields),
  };
  const { mel } = whisper;
  if (extractor.feature_size !== mel.bins)
    fields.problem(`feature_size (${String(extractor.feature_size)}) must equal num_mel_bins (${mel.bins})`);
  if (whisper.width % whisper.heads !== 0)
    fields.problem(`d_model must be a multiple of encoder_attention_heads`);
  if (mel.window % 2 !== 0 || mel.window < mel.hop)
    fields.problem(`n_fft must be even and at least hop_length`);
  fields.check('Whisper configuration');
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

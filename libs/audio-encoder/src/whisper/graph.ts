import {
  attentionNames,
  GraphBuilder,
  type GraphOptions,
  type OnnxGraph,
  transformer,
  type TransformerBlocks,
  type TransformerConfig,
  type Value,
} from '@triptych/inference-core';
import { CONV_STRIDE, LAYER_NORM_EPSILON, type WhisperConfig } from './config.js';
import { logMel } from './log-mel.js';

/** Graph inputs and outputs, by name. */
export const inputs = {
  samples: 'samples',
  padTo: 'pad_to',
  reflected: 'reflected',
  loudest: 'loudest',
  silentFrames: 'silent_frames',
  places: 'places',
  kept: 'kept',
  validFrames: 'valid_frames',
} as const;
export const outputs = { frames: 'frames', mean: 'mean', meanValid: 'mean_valid' } as const;

/**
 * Whisper's encoder from samples to pooled vectors.
 *
 * Inputs: `samples` float32 [batch, n]; `pad_to` int64 [1], the length they are zero-padded to, a multiple of
 * two hops; `reflected` int64 [2], samples that are mirrored at its edges: none where the samples hold what is beyond them; `loudest`
 * float32 [1], the log-mel maximum of the recording that they are of, or −Infinity; `silent_frames` int64 [1], frames of zeros behind
 * the spectrogram; `places` int32 [frames], which of the frames computed from them stands at each frame of the context (see
 * {@link framing}); `kept` int64 [1], the leading frames that the last block is computed for: all of them where more
 * than `mean_valid` is wanted; `valid_frames` int64 [batch], frames that hold audio.
 * Outputs: `frames` [batch, kept, width] after the final layer norm, their `mean` and `mean_valid` [batch, width].
 * With `inspect`, also `log_mel` and the residual stream `state_0` … `state_layers`.
 */
export function whisperGraph(config: WhisperConfig, options: GraphOptions = {}): OnnxGraph {
  const { width } = config;
  const g = new GraphBuilder('whisper-encoder', options);
  const samples = g.input(inputs.samples, 'float32', ['batch', 'samples']);
  const padTo = g.input(inputs.padTo, 'int64', [1]);
  const places = g.input(inputs.places, 'int32', ['frames']);
  const kept = g.input(inputs.kept, 'int64', [1]);
  const validFrames = g.input(inputs.validFrames, 'int64', ['batch']);

  const reflected = g.input(inputs.reflected, 'int64', [2]);
  const loudest = g.input(inputs.loudest, 'float32', [1]);
  const silentFrames = g.input(inputs.silentFrames, 'int64', [1]);

  const spectrogram = logMel(g, zeroPad(g, samples, padTo), config.mel, { reflected, loudest });
  const silence = g.op('Concat', [g.ints([0, 0, 0, 0, 0]), silentFrames], { attributes: { axis: 0 } });
  const mel = g.op('Pad', [spectrogram, silence], { attributes: { mode: 'constant' } });
  const spread = g.op('Gather', [stem(g, mel, config), places], { attributes: { axis: 1 } });
  const embedded = addPositions(g, spread, config);
  const keep = (x: Value) => g.op('Slice', [x, g.ints([0]), kept, g.ints([1])]);
  const { states, output } = transformer(g, embedded, whisperBlocks(config), {
    finalNorm: 'encoder.layer_norm',
    keep,
  });

  g.output(outputs.frames, output, 'float32', ['batch', 'kept', width]);
  const mean = g.op('ReduceMean', [output, g.ints([1])], { attributes: { keepdims: 0 } });
  g.output(outputs.mean, mean, 'float32', ['batch', width]);
  g.output(outputs.meanValid, meanOfFirst(g, output, validFrames), 'float32', ['batch', width]);
  if (options.inspect) {
    g.output('log_mel', mel, 'float32', ['batch', config.mel.bins, 'mel_frames']);
    states.forEach((state, i) => g.output(`state_${i}`, state, 'float32', ['batch', 'frames', width]));
  }
  return g.build();
}

export function whisperBlocks(config: WhisperConfig): TransformerBlocks {
  const prefixes = Array.from({ length: config.layers }, (_, i) => `encoder.layers.${i}`);
  return { prefixes, config: transformerConfig(config) };
}

function transformerConfig(config: WhisperConfig): TransformerConfig {
  return {
    width: config.width,
    heads: config.heads,
    mlpWidth: config.mlpWidth,
    activation: config.activation,
    layerNormEpsilon: LAYER_NORM_EPSILON,
    norms: 'pre',
    unbiased: ['key'],
    quantization: config.quantization,
    names: {
      ...attentionNames('self_attn'),
      attentionNorm: 'self_attn_layer_norm',
      mlpIn: 'fc1',
      mlpOut: 'fc2',
      mlpNorm: 'final_layer_norm',
    },
  };
}

/** samples [batch, n] → [batch, padTo] */
function zeroPad(g: GraphBuilder, samples: Value, padTo: Value): Value {
  const length = g.op('Shape', [samples], { attributes: { start: 1, end: 2 } });
  const pads = g.op('Concat', [g.ints([0, 0, 0]), g.op('Sub', [padTo, length])], { attributes: { axis: 0 } });
  return g.op('Pad', [samples, pads], { attributes: { mode: 'constant' } });
}

/** Two convolutions of three frames, the second with stride 2: [batch, mels, 2t] → [batch, t, width] */
function stem(g: GraphBuilder, mel: Value, { width, mel: { bins } }: WhisperConfig): Value {
  const conv = (x: Value, name: string, channels: number, stride: number) => {
    const weights = [
      g.weight(`encoder.${name}.weight`, [width, channels, 3]),
      g.weight(`encoder.${name}.bias`, [width]),
    ];
    return g.op('Gelu', [g.op('Conv', [x, ...weights], { attributes: { pads: [1, 1], strides: [stride] } })]);
  };
  const convolved = conv(conv(mel, 'conv1', bins, 1), 'conv2', width, CONV_STRIDE);
  return g.op('Transpose', [convolved], { attributes: { perm: [0, 2, 1] } });
}

/** Adds as many rows of the sinusoid table as there are frames. */
function addPositions(g: GraphBuilder, x: Value, { positions, width }: WhisperConfig): Value {
  const table = g.weight('encoder.embed_positions.weight', [positions, width]);
  const frames = g.op('Shape', [x], { attributes: { start: 1, end: 2 } });
  return g.op('Add', [x, g.op('Slice', [table, g.ints([0]), frames, g.ints([0])])]);
}

/** Mean over each item's first `count` frames: frames [batch, t, width], count [batch] → [batch, width] */
function meanOfFirst(g: GraphBuilder, frames: Value, count: Value): Value {
  const length = g.op('Squeeze', [g.op('Shape', [frames], { attributes: { start: 1, end: 2 } })]);
  const index = g.op('Range', [g.ints([0], []), length, g.ints([1], [])]);
  const counts = g.op('Unsqueeze', [count, g.ints([1])]);
  const float = { attributes: { to: 1 } };
  const mask = g.op('Cast', [g.op('Less', [g.op('Unsqueeze', [index, g.ints([0])]), counts])], float);
  const sum = g.op('MatMul', [g.op('Unsqueeze', [mask, g.ints([1])]), frames]);
  return g.op('Div', [g.op('Squeeze', [sum, g.ints([1])]), g.op('Cast', [counts], float)]);
}

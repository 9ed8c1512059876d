import { type JsonObject, TriptychError } from '@triptych/core';
import type { Tower, TowerItem } from '@triptych/inference-core';
import { readModel } from '@triptych/model-families';
import { clipJson, clipSizes, whisperJson, whisperSizes } from '@triptych/reference';
import type { LoadTask } from './device-load.js';

const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;
const base = { hidden_size: 768, intermediate_size: 3072, num_hidden_layers: 12, num_attention_heads: 12 };
const siglip = { ...base, hidden_act: 'gelu_pytorch_tanh', layer_norm_eps: 1e-6 };

/** A tower of an official size, and inputs for it. */
export interface DeviceModel {
  /** What one of its items is called. */
  readonly unit: string;
  readonly tower: Tower<TowerItem>;
  /** An item of some content, the same for the same number. */
  readonly item: (seed: number) => TowerItem;
}

/** A checkpoint of an official size, and what a server of it is asked for. */
export interface ServedModel {
  readonly config: JsonObject;
  /** Whether its texts are tokenized, by the demo model's tokenizer. */
  readonly hasTokenizer: boolean;
  readonly asks: readonly LoadTask['kind'][];
}

export interface MeasuredModel {
  /** Items of a run at most: a CPU is as fast with a few, and would take minutes for those of a device. */
  readonly most: { readonly cpu: number; readonly device: number };
  /** None: its tower has no tokenizer to be served with. */
  readonly served?: ServedModel;
  readonly open: () => DeviceModel;
}

const short = { cpu: 32, device: Infinity };
const long = { cpu: 2, device: 64 };
const clip = clipJson(clipSizes.b32);
const whisper = whisperJson(whisperSizes.tiny);

/** The towers that devices are compared by. */
export const deviceModels: Readonly<Record<string, MeasuredModel>> = {
  'clip-b32': {
    most: short,
    served: { config: clip, hasTokenizer: true, asks: ['raw', 'jpeg'] },
    open: () => images(clip),
  },
  'clip-b32-text': {
    most: short,
    served: { config: clip, hasTokenizer: true, asks: ['texts'] },
    open: () => {
      const { text } = readModel({ config: clip });
      const ids = (seed: number) => [
        49406,
        ...numbers(seed, 15).map((n) => 1 + Math.floor(40_000 * n)),
        49407,
      ];
      return of('texts', text, (seed) => ({ ids: ids(seed), pooling: 'projected', form }));
    },
  },
  'whisper-tiny': {
    most: long,
    served: { config: whisper, hasTokenizer: false, asks: ['windows'] },
    open: () => {
      const { audio } = readModel({ config: whisper });
      return of('windows', audio, (seed) => ({
        samples: tones(seed),
        context: 'padded' as const,
        pooling: 'mean',
        form,
      }));
    },
  },
  'siglip-b16': {
    most: short,
    open: () =>
      images({
        architectures: ['SiglipModel'],
        model_type: 'siglip',
        text_config: { ...siglip, vocab_size: 32_000, max_position_embeddings: 64, projection_size: 768 },
        vision_config: { ...siglip, image_size: 224, patch_size: 16 },
      }),
  },
  minilm: {
    most: short,
    open: () => {
      const config = {
        architectures: ['BertModel'],
        model_type: 'bert',
        ...{ hidden_size: 384, intermediate_size: 1536, num_hidden_layers: 6, num_attention_heads: 12 },
        ...{ vocab_size: 30_522, max_position_embeddings: 512, type_vocab_size: 2, pad_token_id: 0 },
        ...{ hidden_act: 'gelu', layer_norm_eps: 1e-12 },
      };
      const { text } = readModel({ config });
      const ids = (seed: number) => numbers(seed, 32).map((n) => 1000 + Math.floor(20_000 * n));
      return of('texts', text, (seed) => ({ ids: ids(seed), pooling: 'mean', form }));
    },
  },
};

function images(config: JsonObject): DeviceModel {
  const { image } = readModel({ config });
  return of('images', image, (seed) => ({ pixels: pixels(seed), pooling: 'projected', form }));
}

function of<Item extends TowerItem>(
  unit: string,
  tower: Tower<Item> | undefined,
  item: (seed: number) => Item,
): DeviceModel {
  if (!tower) throw new TriptychError('INTERNAL', 'the model has no such tower');
  const [pooling] = tower.poolings;
  // The items are this tower's: it never sees others.
  return { unit, tower: tower as unknown as Tower<TowerItem>, item: (seed) => ({ ...item(seed), pooling }) };
}

/** In [0, 1). */
function numbers(seed: number, count: number): number[] {
  let state = seed + 1;
  return Array.from(
    { length: count },
    () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32,
  );
}

/** An image of 224 × 224 with the slopes of one, not noise alone. */
function pixels(seed: number): Uint8Array<ArrayBuffer> {
  const size = 224;
  const [phase, frequency] = numbers(seed, 2);
  const noise = numbers(seed + 100, 3 * size * size);
  return Uint8Array.from(noise, (n, i) => {
    const wave = Math.sin(6 * phase + ((1 + 8 * frequency) * i * 6.28 * (1 + (i % 3))) / noise.length);
    return Math.max(0, Math.min(255, 128 + 90 * wave + 60 * (n - 0.5)));
  });
}

/** Thirty seconds of tones that swell, with noise. */
function tones(seed: number): Float32Array<ArrayBuffer> {
  const [pitch] = numbers(seed, 1);
  const noise = numbers(seed + 200, 480_000);
  return Float32Array.from(noise, (n, i) => {
    const tone = Math.sin((6.28 * i * (100 + 700 * pitch)) / 16_000) * Math.sin(i / 9000);
    return 0.3 * tone + 0.05 * (n - 0.5);
  });
}

import { ConfigFields, type JsonObject } from '@triptych/core';
import {
  biasActivation,
  type DecoderNetwork,
  type GraphBuilder,
  layerNorm,
  linear,
  type Value,
} from '@triptych/inference-core';
import type { CaptionDecoder } from '../caption-decoder.js';
import { framedTokenizer } from '../framed-tokenizer.js';
import { type BlipTextConfig, readBlipTextConfig } from './config.js';

/** Finds the decoder's tensors among a checkpoint's. */
const BLIP_DECODER_TENSORS = /^text_decoder\./;

/** What `BlipTextConfig` has where a checkpoint is silent. */
const BEGIN = 30_522;
const END = 102;

/** BLIP's image-grounded text decoder, which writes captions. Throws MODEL_CONFIG naming every bad field. */
export function blipCaptioner(
  json: JsonObject,
  files: Readonly<Record<string, string>> = {},
): CaptionDecoder {
  const config = readBlipTextConfig(json);
  const { begin, end } = readTokens(json, config);
  return {
    network: blipDecoder(config),
    tensors: BLIP_DECODER_TENSORS,
    end,
    maxTokens: config.positions,
    // The reference puts its own token before a prompt, and leaves out the one behind.
    prompt: (ids) => (ids === undefined ? [begin] : [begin, ...ids.slice(1, -1)]),
    tokenizer: () => ({ ...framedTokenizer(files, config), hasWords: true }),
  };
}

function readTokens(json: JsonObject, { vocabulary }: BlipTextConfig): { begin: number; end: number } {
  const fields = new ConfigFields((json['text_config'] ?? {}) as JsonObject, 'text_config.');
  const [begin, end] = [fields.number('bos_token_id', BEGIN), fields.number('sep_token_id', END)];
  for (const [name, id] of [
    ['bos_token_id', begin],
    ['sep_token_id', end],
  ] as const)
    if (!(Number.isInteger(id) && id >= 0 && id < vocabulary))
      fields.problem(`${name} must be a token's number, below ${vocabulary}, found ${id}`);
  fields.check('BLIP text configuration');
  return { begin, end };
}

function blipDecoder(config: BlipTextConfig): DecoderNetwork {
  const { blocks, layers, vocabulary, positions, image } = config;
  const attention = (module: string) => ({
    query: `${module}.self.query`,
    key: `${module}.self.key`,
    value: `${module}.self.value`,
    out: `${module}.output.dense`,
    norm: `${module}.output.LayerNorm`,
  });
  return {
    config: {
      ...blocks,
      unbiased: [],
      names: {
        self: attention('attention'),
        cross: attention('crossattention'),
        mlpIn: 'intermediate.dense',
        mlpOut: 'output.dense',
        mlpNorm: 'output.LayerNorm',
      },
      sourceWidth: image.width,
      vocabulary,
      positions,
    },
    prefixes: Array.from({ length: layers }, (_, i) => `text_decoder.bert.encoder.layer.${i}`),
    embed: (g, ids, places) => embed(g, ids, places, config),
    head: (g, x) => head(g, x, config),
  };
}

const EMBEDDINGS = 'text_decoder.bert.embeddings';

function embed(
  g: GraphBuilder,
  ids: Value,
  places: Value,
  { vocabulary, positions, blocks }: BlipTextConfig,
) {
  const { width } = blocks;
  const words = g.op('Gather', [g.weight(`${EMBEDDINGS}.word_embeddings.weight`, [vocabulary, width]), ids]);
  const table = g.weight(`${EMBEDDINGS}.position_embeddings.weight`, [positions, width]);
  const sum = g.op('Add', [words, g.op('Gather', [table, places])]);
  return layerNorm(g, sum, `${EMBEDDINGS}.LayerNorm`, blocks);
}

/** A layer, its norm, and the words' own embeddings once more: → [rows, kept, vocabulary] */
function head(g: GraphBuilder, x: Value, { vocabulary, blocks }: BlipTextConfig): Value {
  const { width } = blocks;
  const prefix = 'text_decoder.cls.predictions';
  const dense = `${prefix}.transform.dense`;
  const bias = g.weight(`${dense}.bias`, [width]);
  const mapped = linear(g, x, { weight: `${dense}.weight`, shape: [width, width], bias });
  const normed = layerNorm(
    g,
    biasActivation(g, mapped, undefined, blocks.activation),
    `${prefix}.transform.LayerNorm`,
    blocks,
  );
  return linear(g, normed, {
    weight: `${EMBEDDINGS}.word_embeddings.weight`,
    shape: [vocabulary, width],
    bias: g.weight(`${prefix}.bias`, [vocabulary]),
  });
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { clipJson, clipSizes, whisperJson, whisperSizes } from '@triptych/reference';

/** A checkpoint of an official one's shape: its configuration, and its other files. */
export interface Shape {
  readonly config: Record<string, unknown>;
  readonly files: Readonly<Record<string, string>>;
}

const tokenizers = new URL('../../reference/golden/tokenizers/', import.meta.url);
const unpacked = (name: string) =>
  gunzipSync(readFileSync(fileURLToPath(new URL(`${name}.json.gz`, tokenizers)))).toString();
const tokenizerOf = (name: string) => ({
  'tokenizer.json': unpacked(`${name}.tokenizer`),
  'tokenizer_config.json': unpacked(`${name}.tokenizer_config`),
});

const base = { hidden_size: 768, intermediate_size: 3072, num_hidden_layers: 12, num_attention_heads: 12 };
const bert = {
  architectures: ['BertModel'],
  model_type: 'bert',
  vocab_size: 30_522,
  max_position_embeddings: 512,
  type_vocab_size: 2,
  pad_token_id: 0,
};
const siglip = { ...base, hidden_act: 'gelu_pytorch_tanh', layer_norm_eps: 1e-6 };
const clipTokenizer = fileURLToPath(new URL('../../../models/demo/clip/tokenizer.json', import.meta.url));

/** XLM-R's vocabulary has this many pieces, and its tokenizer.json 17 MB. */
const XLM_R_PIECES = 250_002;

const xlmR = {
  architectures: ['XLMRobertaModel'],
  model_type: 'xlm-roberta',
  ...{ vocab_size: XLM_R_PIECES, max_position_embeddings: 514, type_vocab_size: 1, pad_token_id: 1 },
};

/** Shapes of official checkpoints, by name. */
export const officialShapes: Readonly<Record<string, () => Shape>> = {
  'MiniLM-L6': () => ({
    config: {
      ...bert,
      ...{ hidden_size: 384, intermediate_size: 1536, num_hidden_layers: 6, num_attention_heads: 12 },
    },
    files: tokenizerOf('bert-uncased'),
  }),
  'BERT-tiny': () => ({
    config: {
      ...bert,
      ...{ hidden_size: 128, intermediate_size: 512, num_hidden_layers: 2, num_attention_heads: 2 },
    },
    files: tokenizerOf('bert-uncased'),
  }),
  'BGE-base': () => ({ config: { ...bert, ...base }, files: tokenizerOf('bert-uncased') }),
  'multilingual MiniLM-L12, XLM-R tokenizer': () => ({
    config: {
      ...xlmR,
      ...{ hidden_size: 384, intermediate_size: 1536, num_hidden_layers: 12, num_attention_heads: 12 },
    },
    files: { ...tokenizerOf('xlm-roberta'), 'tokenizer.json': xlmRTokenizer() },
  }),
  'XLM-R-base': () => ({
    config: { ...xlmR, ...base },
    files: { ...tokenizerOf('xlm-roberta'), 'tokenizer.json': xlmRTokenizer() },
  }),
  'SigLIP-B/16': () => ({
    config: {
      architectures: ['SiglipModel'],
      model_type: 'siglip',
      text_config: { ...siglip, vocab_size: 32_000, max_position_embeddings: 64, projection_size: 768 },
      vision_config: { ...siglip, image_size: 224, patch_size: 16 },
    },
    files: tokenizerOf('siglip'),
  }),
  'CLIP B/32': () => ({
    config: clipJson(clipSizes.b32),
    files: { 'tokenizer.json': readFileSync(clipTokenizer, 'utf8') },
  }),
  'CLIP B/16': () => ({
    config: clipJson(clipSizes.b16),
    files: { 'tokenizer.json': readFileSync(clipTokenizer, 'utf8') },
  }),
  'Whisper-tiny': () => ({ config: whisperJson(whisperSizes.tiny), files: {} }),
  'Whisper-base': () => ({ config: whisperJson(whisperSizes.base), files: {} }),
};

/** A tokenizer of the kind and the size of XLM-R's: the small one of the tests with as many pieces more. */
function xlmRTokenizer(): string {
  const tokenizer = JSON.parse(unpacked('xlm-roberta.tokenizer')) as {
    model: { vocab: [piece: string, score: number][] };
  };
  const { vocab } = tokenizer.model;
  for (let i = vocab.length; i < XLM_R_PIECES; i++)
    vocab.push([`▁${i.toString(36)}…${i}`, -10 - i / XLM_R_PIECES]);
  return JSON.stringify(tokenizer, null, 2);
}

import { readModel } from '@triptych/model-families';
import { TextPreprocessor } from '@triptych/preprocessing';
import type { TextTower } from '@triptych/text-encoder';
import { describe, expect, it } from 'vitest';
import { goldenTokenizerFile } from './golden-tokenizer.js';

const read = (name: string): unknown => JSON.parse(goldenTokenizerFile(name));

interface Normalizer {
  readonly type: string;
  precompiled_charsmap?: string;
}

interface TokenizerJson {
  normalizer: { readonly type: string; readonly normalizers: readonly Normalizer[] };
}

/** A `tokenizer.json` of the golden files; sentencepiece's compiled normalisation is there once, with XLM-R's. */
function tokenizerJson(name: string): TokenizerJson {
  const json = read(`${name}.tokenizer`) as TokenizerJson;
  for (const step of json.normalizer.normalizers ?? [])
    if (step.precompiled_charsmap === '')
      step.precompiled_charsmap = (
        read('xlm-roberta.tokenizer') as { normalizer: Normalizer }
      ).normalizer.precompiled_charsmap;
  return json;
}

/** A checkpoint's tokenizer as it is served: by the recipe of its tower, from its files. */
function serve(json: object, config: object): Promise<TextPreprocessor> {
  const files = { 'tokenizer.json': JSON.stringify(json), 'tokenizer_config.json': JSON.stringify(config) };
  const { text } = readModel({ config: { model_type: 'siglip' }, files });
  return TextPreprocessor.start({ name: 'siglip', tokenizer: (text as TextTower).tokenizer() });
}

interface Reference {
  readonly max_length: number;
  readonly more_texts: readonly string[];
  readonly ids: readonly (readonly number[])[];
  readonly untruncated: readonly number[];
}

describe('texts of SigLIP, filled up to 64 tokens, against SiglipTokenizer', () => {
  const name = 'siglip/sentencepiece';
  const reference = read(`${name}.ids`) as Reference;
  const texts = [...(read('texts') as string[]), ...reference.more_texts];
  const json = tokenizerJson(name);
  // Those converted for the browser have the steps of canonical texts, and none for the spaces that the normalisation makes.
  const cleaned = (read('siglip.tokenizer') as TokenizerJson).normalizer;
  const normalizers = cleaned.normalizers.map((step) =>
    step.type === 'Precompiled' ? json.normalizer.normalizers[0] : step,
  );

  it.each([
    ['with the steps that a sentencepiece model is converted to', json],
    ['with the steps of canonical texts', { ...json, normalizer: { ...cleaned, normalizers } }],
  ])('a tokenizer.json %s gives the ids of sentencepiece for 2 400 strings', async (_, json) => {
    expect([texts.length, reference.ids.length]).toEqual([2400, 2400]);
    const tokenizer = await serve(json, read(`${name}.tokenizer_config`) as object);
    for (const [i, text] of texts.entries()) {
      const { ids, untruncated } = await tokenizer.tokenize(text, reference.max_length);
      const expected = { ids: reference.ids[i], untruncated: reference.untruncated[i] };
      expect({ ids, untruncated }, JSON.stringify(text)).toEqual(expected);
    }
    await tokenizer.close();
  });
});

interface Filled {
  readonly max_length: number;
  readonly texts: readonly string[];
  readonly cases: readonly {
    readonly tokenizer: string;
    readonly config: Readonly<Record<string, unknown>>;
    readonly class: string;
    readonly ids: readonly (readonly number[])[];
  }[];
}

describe('filling texts up', () => {
  const { max_length: length, texts, cases } = read('siglip/filled') as Filled;

  it.each(
    cases.map((one) => [one.config['tokenizer_class'], one.config['padding_side'] ?? 'no', one] as const),
  )('is that of %s with %s side', async (_name, _side, { tokenizer: name, config, ids }) => {
    const tokenizer = await serve(tokenizerJson(name), config);
    for (const [i, text] of texts.entries())
      expect((await tokenizer.tokenize(text, length)).ids, JSON.stringify(text)).toEqual(ids[i]);
    await tokenizer.close();
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TextPreprocessor, type TokenizerRecipe } from '@triptych/preprocessing';
import { describe, expect, it } from 'vitest';
import { goldenTokenizerFile } from './golden-tokenizer.js';

const folder = fileURLToPath(new URL('../golden/tokenizers/', import.meta.url));

const texts = JSON.parse(goldenTokenizerFile('texts')) as string[];
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.tokenizer.json.gz'))
  .map((file) => file.slice(0, -'.tokenizer.json.gz'.length));

/** A folder of the real all-MiniLM-L6-v2, whose ids are among the golden files. */
const miniLm = process.env['MINILM_DIR'];

interface Reference {
  readonly class: string;
  readonly max_length: number;
  readonly ids: readonly (readonly number[])[];
  readonly untruncated: readonly number[];
}

/** What the towers of these tokenizers say of them. */
const recipes: Readonly<Record<string, Partial<TokenizerRecipe>>> = {
  siglip: { frame: { before: 0, after: 1 } },
  siglip2: { frame: { before: 0, after: 1 }, cleaning: ['lowercase'] },
};

describe.each([...names, ...(miniLm ? ['minilm'] : [])])('token ids of %s against transformers', (name) => {
  it('are identical on 2 000 strings of every script, cut at the context', async () => {
    const [json, config] = ['tokenizer', 'tokenizer_config'].map((file) =>
      name === 'minilm' && miniLm
        ? readFileSync(join(miniLm, `${file}.json`), 'utf8')
        : goldenTokenizerFile(`${name}.${file}`),
    );
    const reference = JSON.parse(goldenTokenizerFile(`${name}.ids`)) as Reference;
    expect([texts.length, reference.ids.length]).toEqual([2000, 2000]);
    const tokenizer = { json, config, frame: { before: 1, after: 1 }, ...recipes[name] };
    const preprocessor = await TextPreprocessor.start({ name, tokenizer });
    for (const [i, text] of texts.entries()) {
      const { ids, untruncated } = await preprocessor.tokenize(text, reference.max_length);
      expect({ ids, untruncated }, JSON.stringify(text)).toEqual({
        ids: reference.ids[i],
        untruncated: reference.untruncated[i],
      });
    }
    await preprocessor.close();
  });
});

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TextPreprocessor } from '@triptych/preprocessing';
import { openModel } from '@triptych/model-families';
import type { TextTower } from '@triptych/text-encoder';
import { describe, expect, it } from 'vitest';

interface Reference {
  readonly texts: readonly { readonly text: string; readonly ids: number[]; readonly untruncated: number }[];
}

const demo = fileURLToPath(new URL('../../../models/demo/clip', import.meta.url));
const { texts } = JSON.parse(
  readFileSync(new URL('../golden/clip/tokens.json', import.meta.url), 'utf8'),
) as Reference;

describe('token ids against CLIPTokenizer', () => {
  it('are identical on at least two hundred strings, cut at the context', async () => {
    const { tokenizer } = (await openModel(demo)).model.text as TextTower;
    const preprocessor = await TextPreprocessor.start({ name: 'demo', tokenizer: tokenizer() });
    expect(texts.length).toBeGreaterThanOrEqual(200);
    for (const { text, ids, untruncated } of texts)
      expect(await preprocessor.tokenize(text, 32), JSON.stringify(text)).toMatchObject({ ids, untruncated });
    await preprocessor.close();
  });
});

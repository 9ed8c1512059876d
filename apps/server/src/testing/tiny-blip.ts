import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { convertCheckpoint } from '@triptych/model-families';
import { writeSyntheticCheckpoint } from '@triptych/reference';

const tokenizers = new URL('../../../../tools/reference/golden/tokenizers/', import.meta.url);
const unpacked = (name: string) =>
  gunzipSync(readFileSync(new URL(`bert-uncased.${name}.json.gz`, tokenizers))).toString();

const tower = { hidden_size: 32, intermediate_size: 64, num_hidden_layers: 2, num_attention_heads: 2 };
const config = {
  model_type: 'blip',
  vision_config: { ...tower, image_size: 32, patch_size: 16 },
  text_config: { ...tower, vocab_size: 12_000, bos_token_id: 11_999 },
  image_text_hidden_size: 16,
};

/** Fewer than the tokens of a caption by default. */
export const CAPTIONER_PLACES = 24;

/** A model directory with a small BLIP, `tiny-blip` for retrieval or `tiny-captioner`, whose weights mean nothing. */
export async function writeTinyBlip(
  directory: string,
  name: 'tiny-blip' | 'tiny-captioner' = 'tiny-blip',
): Promise<string> {
  const [source, target] = [join(directory, name), join(directory, `${name}-converted`)];
  const [kind, places] =
    name === 'tiny-blip'
      ? ['BlipForImageTextRetrieval', 64]
      : ['BlipForConditionalGeneration', CAPTIONER_PLACES];
  const text_config = { ...config.text_config, max_position_embeddings: places };
  await writeSyntheticCheckpoint(
    source,
    { architectures: [kind], ...config, text_config },
    {
      'tokenizer.json': unpacked('tokenizer'),
      'tokenizer_config.json': unpacked('tokenizer_config'),
    },
  );
  await convertCheckpoint({ source, target, dtype: 'float32', converterVersion: '1' });
  return target;
}

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
  architectures: ['BlipForImageTextRetrieval'],
  model_type: 'blip',
  vision_config: { ...tower, image_size: 32, patch_size: 16 },
  text_config: { ...tower, vocab_size: 12_000, max_position_embeddings: 64 },
  image_text_hidden_size: 16,
};

/** A model directory with a small BLIP for retrieval, `tiny-blip`, whose weights mean nothing. */
export async function writeTinyBlip(directory: string): Promise<string> {
  const [source, target] = ['tiny-blip', 'converted'].map((name) => join(directory, name));
  await writeSyntheticCheckpoint(source, config, {
    'tokenizer.json': unpacked('tokenizer'),
    'tokenizer_config.json': unpacked('tokenizer_config'),
  });
  await convertCheckpoint({ source, target, dtype: 'float32', converterVersion: '1' });
  return target;
}

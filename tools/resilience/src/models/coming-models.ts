import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { convertCheckpoint } from '@triptych/model-families';
import { writeSyntheticCheckpoint } from '@triptych/reference';
import { root } from '../served-process.js';

/**
 * The models that come and go: one that takes audio and transcribes, one that takes images and texts, and one that takes texts. Each is of a
 * family of its own, with its own graph, weights and tokenizer: what one leaves behind fits none of the others.
 */
export const names = ['voices', 'pictures', 'words'] as const;
export type ModelName = (typeof names)[number];

const sentences = {
  architectures: ['BertModel'],
  model_type: 'bert',
  hidden_size: 128,
  intermediate_size: 512,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  max_position_embeddings: 128,
  type_vocab_size: 2,
  vocab_size: 12_000,
};
const modules = ['Transformer', 'Pooling'].map((kind, i) => ({
  path: i === 0 ? '' : '1_Pooling',
  type: `sentence_transformers.models.${kind}`,
}));

/** Their model directories, for as long as `work` takes. The weights of the third mean nothing. */
export async function withModels<T>(
  work: (directories: Readonly<Record<ModelName, string>>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'triptych-models-'));
  try {
    const [source, words] = [join(folder, 'hf'), join(folder, 'words')];
    await writeSyntheticCheckpoint(source, sentences, {
      'tokenizer.json': tokenizer('tokenizer'),
      'tokenizer_config.json': tokenizer('tokenizer_config'),
      'modules.json': JSON.stringify(modules),
      '1_Pooling/config.json': '{"pooling_mode": "mean"}',
    });
    await convertCheckpoint({ source, target: words, dtype: 'float32', converterVersion: 'failures' });
    const demo = (name: string) => join(root, 'models/demo', name);
    return await work({ voices: demo('whisper'), pictures: demo('clip'), words });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function tokenizer(file: string): string {
  const packed = join(root, `tools/reference/golden/tokenizers/bert-uncased.${file}.json.gz`);
  return gunzipSync(readFileSync(packed)).toString();
}

import { Encoder } from '@triptych/inference-core';
import { TextPreprocessor } from '@triptych/preprocessing';
import type { TextTower } from '@triptych/text-encoder';
import type { ModelDirectory } from '@triptych/weight-loader';

const form = { normalize: true, dimensions: 0, numbers: 'float32' } as const;

/** The vector of a text, of length 1, in the space that the model's images lie in too. Throws bad-weights errors. */
export async function encodeWords(
  directory: ModelDirectory,
  tower: TextTower,
  words: string,
  threads: number,
): Promise<Float32Array> {
  const name = directory.metadata.model_name;
  const [ids, encoder] = await Promise.all([
    tokenize(name, tower, words),
    Encoder.start(tower, {
      name,
      weights: async () => {
        const { weights, read } = await directory.loadStored(tower.tensors);
        return { ...weights, checked: read };
      },
      threads,
      instances: 0,
      queue: { maxItems: 1, maxBytes: Number.MAX_SAFE_INTEGER },
    }),
  ]);
  try {
    const { result } = await encoder.encode({ ids, pooling: tower.poolings[0], form });
    return new Float32Array(result.embedding.bytes.slice().buffer);
  } finally {
    await encoder.close();
  }
}

async function tokenize(name: string, tower: TextTower, words: string): Promise<readonly number[]> {
  const preprocessor = await TextPreprocessor.start({ name, tokenizer: tower.tokenizer() });
  try {
    return (await preprocessor.tokenize(tower.defaultPrompt + words, tower.maxTokens)).ids;
  } finally {
    await preprocessor.close();
  }
}

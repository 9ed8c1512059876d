import { TextPreprocessor } from '@triptych/preprocessing';
import { readTextConfig, startTextEncoder, TEXT_TENSORS } from '@triptych/text-encoder';
import type { ModelDirectory } from '@triptych/weight-loader';

const form = { normalize: true, dimensions: 0, numbers: 'float32' } as const;

/** The vector of a text, of length 1, in the space that the model's images lie in too. Throws bad-weights errors. */
export async function encodeWords(
  model: ModelDirectory,
  words: string,
  threads: number,
): Promise<Float32Array> {
  const config = readTextConfig(model.metadata.config);
  const [tokens, encoder] = await Promise.all([
    tokenize(model, words, config.positions),
    startTextEncoder(config, {
      name: model.metadata.model_name,
      weights: async () => {
        const { weights, read } = await model.loadStored(TEXT_TENSORS);
        return { ...weights, checked: read };
      },
      threads,
      instances: 0,
      queue: { maxItems: 1, maxBytes: Number.MAX_SAFE_INTEGER },
    }),
  ]);
  try {
    const { result } = await encoder.encode({ ids: tokens, pooling: 'projected', form });
    return new Float32Array(result.embedding.bytes.slice().buffer);
  } finally {
    await encoder.close();
  }
}

async function tokenize(model: ModelDirectory, words: string, positions: number): Promise<readonly number[]> {
  const { metadata, tokenizer } = model;
  const preprocessor = await TextPreprocessor.start({ name: metadata.model_name, source: tokenizer });
  try {
    return (await preprocessor.tokenize(words, positions)).ids;
  } finally {
    await preprocessor.close();
  }
}

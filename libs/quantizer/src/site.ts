import type { TransformerBlocks } from '@triptych/inference-core';

/** Where products read one and the same input. */
export interface Site {
  readonly block: string;
  readonly name: string;
  /** Weights [out, in] of the products. */
  readonly weights: readonly string[];
  /** Biases of the products, where they have one. */
  readonly biases: readonly (string | undefined)[];
  /** Tensors whose first dimension is the channels of the input: a factor there scales it. None behind an activation. */
  readonly scaledBy: readonly string[];
}

/** The four sites of each block of a tower. */
export function sitesOf({ prefixes, config }: TransformerBlocks): Site[] {
  const { names, keyBias } = config;
  return prefixes.flatMap((block) => {
    const module = (name: string) => ({ weight: `${block}.${name}.weight`, bias: `${block}.${name}.bias` });
    const [q, k, v, out] = ['q_proj', 'k_proj', 'v_proj', 'out_proj'].map((name) =>
      module(`${names.attention}.${name}`),
    );
    const [mlpIn, mlpOut] = [module(names.mlpIn), module(names.mlpOut)];
    const [attentionNorm, mlpNorm] = [module(names.attentionNorm), module(names.mlpNorm)];
    return [
      {
        block,
        name: 'attention in',
        weights: [q.weight, k.weight, v.weight],
        biases: [q.bias, keyBias ? k.bias : undefined, v.bias],
        scaledBy: [attentionNorm.weight, attentionNorm.bias],
      },
      // A channel of the values goes through attention as a whole: weights over tokens do not touch its scale.
      {
        block,
        name: 'attention out',
        weights: [out.weight],
        biases: [out.bias],
        scaledBy: [v.weight, v.bias],
      },
      {
        block,
        name: 'mlp in',
        weights: [mlpIn.weight],
        biases: [mlpIn.bias],
        scaledBy: [mlpNorm.weight, mlpNorm.bias],
      },
      { block, name: 'mlp out', weights: [mlpOut.weight], biases: [mlpOut.bias], scaledBy: [] },
    ];
  });
}

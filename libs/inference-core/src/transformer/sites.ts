import { layerOf, type LayerRole, type TransformerBlocks } from './block.js';

/** Where products read one and the same input: what int8 is decided for as a whole. */
export interface QuantizationSite {
  readonly block: string;
  readonly name: string;
  /** Weights [out, in] of the products. */
  readonly weights: readonly string[];
  /** Biases of the products, where they have one. */
  readonly biases: readonly (string | undefined)[];
  /** Tensors whose first dimension is the channels of the input: a factor there scales it. None behind an activation. */
  readonly scaledBy: readonly string[];
  /** How a tensor of factors is named that the product's input is multiplied by, where none of those can have them. */
  readonly factors?: string;
}

/** The four sites of each block of a transformer. */
export function quantizationSites({ prefixes, config }: TransformerBlocks): QuantizationSite[] {
  return prefixes.flatMap((block) => {
    const layer = (role: LayerRole) => {
      const { name, biased } = layerOf(config, block, role);
      return { weight: `${name}.weight`, bias: biased ? `${name}.bias` : undefined };
    };
    const [q, k, v, out] = (['query', 'key', 'value', 'out'] as const).map(layer);
    const mlpIn = [...(config.names.mlpGate === undefined ? [] : [layer('mlpGate')]), layer('mlpIn')];
    const mlpOut = layer('mlpOut');
    const partsOf = (norm: string) =>
      config.norm === 'rms' ? [`${norm}.weight`] : [`${norm}.weight`, `${norm}.bias`];
    // A norm after a sum is read by the next sum too: a factor there would scale more than the products, which get their own.
    const behindNorm = (name: string, first: string) =>
      config.norms === 'pre'
        ? { scaledBy: partsOf(`${block}.${name}`) }
        : { scaledBy: [], factors: first.replace(/weight$/, 'input_factors') };
    return [
      {
        block,
        name: 'attention in',
        weights: [q.weight, k.weight, v.weight],
        biases: [q.bias, k.bias, v.bias],
        ...behindNorm(config.names.attentionNorm, q.weight),
      },
      // A channel of the values goes through attention as a whole: weights over tokens do not touch its scale.
      {
        block,
        name: 'attention out',
        weights: [out.weight],
        biases: [out.bias],
        scaledBy: [v.weight, ...(v.bias === undefined ? [] : [v.bias])],
      },
      {
        block,
        name: 'mlp in',
        weights: mlpIn.map(({ weight }) => weight),
        biases: mlpIn.map(({ bias }) => bias),
        ...behindNorm(config.names.mlpNorm, mlpIn[0].weight),
      },
      { block, name: 'mlp out', weights: [mlpOut.weight], biases: [mlpOut.bias], scaledBy: [] },
    ];
  });
}

import { ConfigFields, type JsonObject } from '@triptych/core';
import type { Alignment, DecoderNetwork } from '@triptych/inference-core';

const MEDIAN_WIDTH = 7;

/**
 * The heads whose cross-attention follows what is said, as `alignment_heads` of `generation_config.json` names them: pairs of layer and
 * head. undefined where it names none. Throws MODEL_CONFIG.
 */
export function readAlignment(
  generation: JsonObject,
  config: JsonObject,
  { prefixes, config: { heads } }: DecoderNetwork,
): Alignment | undefined {
  const pairs = generation['alignment_heads'];
  if (pairs === undefined || pairs === null || (Array.isArray(pairs) && pairs.length === 0)) return undefined;
  const fields = new ConfigFields({ ...config, alignment_heads: pairs });
  const medianWidth =
    fields.raw('median_filter_width') == null ? MEDIAN_WIDTH : fields.count('median_filter_width');
  if (medianWidth % 2 === 0) fields.problem('median_filter_width must be odd');
  const isIndex = (value: unknown, count: number) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < count;
  const isPair = (pair: unknown): pair is [number, number] =>
    Array.isArray(pair) && pair.length === 2 && isIndex(pair[0], prefixes.length) && isIndex(pair[1], heads);
  const isList = Array.isArray(pairs) && pairs.every(isPair);
  if (!isList || pairs.length > prefixes.length * heads)
    fields.problem(
      `alignment_heads must be pairs of a layer below ${prefixes.length} and a head below ${heads}`,
    );
  fields.check('generation_config.json');
  return { heads: (pairs as [number, number][]).map(([layer, head]) => ({ layer, head })), medianWidth };
}

import { families as builtIn, findFamily, type ModelFamily, requiredTensors } from '@triptych/model-families';
import type { Inspection } from '@triptych/weight-loader';

/** What is wrong with a model's tensors. */
export interface Check {
  readonly missing: readonly string[];
  /** As in `encoder.conv1.weight: expected [384, 80, 3], found [384, 128, 3]`. */
  readonly misshapen: readonly string[];
  /** Tensors that no encoder takes. */
  readonly unused: readonly string[];
}

/** Compares tensors with what the towers of the model's family take of this configuration. Throws MODEL_CONFIG. */
export function checkTensors(
  { architecture, config, preprocessor, tensors }: Inspection,
  families: readonly ModelFamily[] = builtIn,
): Check | undefined {
  if (!architecture || !config) return undefined;
  const model = findFamily(families, { architecture }, 'metadata.json').read({
    config,
    preprocessor,
    files: {},
  });
  const required = requiredTensors(model);
  const found = new Map(tensors.map(({ name, shape }) => [name, shape]));
  const misshapen = [...required].flatMap(([name, expected]) => {
    const shape = found.get(name);
    if (!shape || String(shape) === String(expected)) return [];
    return [`${name}: expected [${expected.join(', ')}], found [${shape.join(', ')}]`];
  });
  return {
    missing: [...required.keys()].filter((name) => !found.has(name)),
    misshapen,
    unused: [...found.keys()].filter((name) => !required.has(name)),
  };
}

import { type JsonObject, TriptychError } from '@triptych/core';
import type { ModelFamily } from './model-family.js';

/**
 * The family of a model, by its family's name, its class or its model type: `keys` are the fields that say so, the first that a
 * family knows counts. Throws ARCHITECTURE_UNKNOWN; `source` is the file that has them.
 */
export function findFamily(families: readonly ModelFamily[], keys: JsonObject, source: string): ModelFamily {
  for (const name of Object.values(keys).flat()) {
    const found = families.find(
      (family) =>
        family.name === name ||
        family.classes.some((one) => one === name) ||
        family.modelTypes.some((one) => one === name),
    );
    if (found) return found;
  }
  const looked = Object.entries(keys).map(([key, value]) => `${key} ${JSON.stringify(value) ?? 'absent'}`);
  const known = families.map(({ name, classes }) => `${name} (${classes.join(', ')})`);
  throw new TriptychError(
    'ARCHITECTURE_UNKNOWN',
    `${source}: no family of models is known by its ${looked.join(' or ')}; there are ${known.join(' and ')}`,
  );
}

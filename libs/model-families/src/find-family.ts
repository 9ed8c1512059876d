import { type JsonObject, TriptychError } from '@triptych/core';
import type { ModelFamily } from './model-family.js';

/** Finds the family of a model among those of a table. */
export type FindFamily = (keys: JsonObject, source: string) => ModelFamily;

/**
 * Finds families by their name, their classes and their model types: `keys` are the fields that say what a model is; `source` is the
 * file that has them. The first field that is there decides: a class that no family knows may compute something else than the base
 * model of its type. Of several classes, the first that a family knows counts. What it gives throws ARCHITECTURE_UNKNOWN.
 */
export function finderOf(families: readonly ModelFamily[]): FindFamily {
  return (keys, source) => {
    const deciding = Object.values(keys).map((value) => [value ?? []].flat());
    for (const key of deciding.find((names) => names.length > 0) ?? []) {
      const isKnown = ({ name, classes, modelTypes }: ModelFamily) =>
        [name, ...classes, ...modelTypes].some((one) => one === key);
      const found = families.find(isKnown);
      if (found) return found;
    }
    throw unknown(keys, source, families);
  };
}

function unknown(keys: JsonObject, source: string, families: readonly ModelFamily[]): TriptychError {
  const looked = Object.entries(keys).map(([key, value]) => `${key} ${JSON.stringify(value) ?? 'not there'}`);
  const known = families.map(({ name, classes }) => `${name} (${classes.join(', ')})`);
  return new TriptychError(
    'ARCHITECTURE_UNKNOWN',
    `${source}: models of this kind are not served (${looked.join(', ')}); expected one of ${known.join(', ')}`,
  );
}

/** The family of a checkpoint by its config.json. Throws ARCHITECTURE_UNKNOWN. */
export function familyOf(
  { architectures, model_type }: JsonObject,
  families: readonly ModelFamily[],
): ModelFamily {
  return finderOf(families)({ architectures, model_type }, 'config.json');
}

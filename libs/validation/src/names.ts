import { TriptychError } from '@triptych/core';

/** One of the names that are known; the first where none is given. Throws ENUM_UNKNOWN with what is known. */
export function checkName<Name extends string>(
  name: string | undefined,
  known: readonly [Name, ...Name[]],
  field: string,
): Name {
  if (name === undefined) return known[0];
  const found = known.find((one) => one === name);
  if (found !== undefined) return found;
  throw new TriptychError('ENUM_UNKNOWN', `${field} is ${name}; expected one of ${known.join(', ')}`, {
    field,
    choice: { found: name, expected: known },
  });
}

import { TriptychError } from '@triptych/core';

/** Reads an enum field; an absent one counts as 0. Throws ENUM_UNKNOWN with what is known. */
export function checkEnum<T>(
  value: number | undefined,
  known: Readonly<Record<number, T>>,
  field: string,
): T {
  const number = value ?? 0;
  if (Object.hasOwn(known, number)) return known[number];
  throw new TriptychError(
    'ENUM_UNKNOWN',
    `${field} is ${number}; expected one of ${Object.keys(known).join(', ')}`,
    { field },
  );
}

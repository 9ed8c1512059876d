import { InvalidArgumentError } from 'commander';

/** A flag's value: a whole number, 0 or more. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text !== '' && Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('expected a whole number, 0 or more');
}

/** A flag's value: a whole number, 1 or more. */
export function positiveInteger(text: string): number {
  const value = wholeNumber(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('expected a whole number, 1 or more');
}

/** A flag's value: a number from −1 to 1. */
export function fraction(text: string): number {
  const value = Number(text);
  if (text !== '' && value >= -1 && value <= 1) return value;
  throw new InvalidArgumentError('expected a number from -1 to 1');
}

/** A flag's value: a number from 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('expected a number from 0 to 1');
}

/** Bytes for a person. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

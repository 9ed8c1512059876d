/**
 * All of them, or `few` where `PARITY=sample` is set, as in CI: the others repeat the same arithmetic in other sizes, for minutes.
 * `npm test` compares all.
 */
export function sampled<T extends string>(all: readonly T[], few: readonly T[]): readonly T[] {
  return process.env['PARITY'] === 'sample' ? few : all;
}

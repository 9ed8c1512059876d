import type { GraphBuilder, Value } from '../onnx/graph-builder.js';

/** How far each pair of channels of a head is turned, token by token: cosines and sines [tokens, head width / 2]. */
export interface Rotation {
  readonly cosines: Value;
  readonly sines: Value;
}

/** Angles of one token: one for each pair of channels of a head. */
type Angles = readonly number[];

/**
 * Rotary position embedding (Su et al. 2021): token p's i-th pair of channels, i and i + head width / 2, is turned by
 * p · base^(−2i / head width). For the first `tokens` places.
 */
export function rotaryAngles(tokens: number, headWidth: number, base: number): Angles[] {
  const frequencies = frequenciesOf(headWidth, base);
  return Array.from({ length: tokens }, (_, place) => frequencies.map((frequency) => place * frequency));
}

/**
 * Of two dimensions, as vision towers have it: half of the pairs are turned by a patch's row, the other half by its column. Patches
 * row by row.
 */
export function rotaryGridAngles(rows: number, columns: number, headWidth: number, base: number): Angles[] {
  const frequencies = frequenciesOf(headWidth / 2, base);
  const turn = (place: number) => frequencies.map((frequency) => place * frequency);
  return Array.from({ length: rows * columns }, (_, patch) => [
    ...turn(Math.floor(patch / columns)),
    ...turn(patch % columns),
  ]);
}

/** float32, as references compute them. */
function frequenciesOf(width: number, base: number): number[] {
  return Array.from({ length: width / 2 }, (_, i) => Math.fround(1 / base ** ((2 * i) / width)));
}

/** Cosines and sines as constants of a graph. */
export function rotation(g: GraphBuilder, angles: readonly Angles[]): Rotation {
  const shape = [angles.length, angles[0].length];
  const table = (of: (angle: number) => number) =>
    g.floats(
      angles.flat().map((a) => of(Math.fround(a))),
      shape,
    );
  return { cosines: table(Math.cos), sines: table(Math.sin) };
}

/** [batch, tokens, width], its heads turned; the tokens are those of the first rows of the rotation. */
export function rotated(g: GraphBuilder, x: Value, heads: number, { cosines, sines }: Rotation): Value {
  return g.op('RotaryEmbedding', [x, g.ints([0]), cosines, sines], {
    domain: 'com.microsoft',
    attributes: { num_heads: heads, interleaved: 0 },
  });
}

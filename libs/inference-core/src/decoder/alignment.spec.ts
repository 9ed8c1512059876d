import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMedians, type Matrix, standardizeColumns, warp } from './alignment.js';
import { noise } from './testing/small-decoder.js';

const matrices = (mostRows: number, mostColumns: number): fc.Arbitrary<Matrix> =>
  fc
    .tuple(fc.integer({ min: 1, max: mostRows }), fc.integer({ min: 1, max: mostColumns }))
    .chain(([rows, columns]) =>
      fc
        .array(fc.integer({ min: -8, max: 8 }), { minLength: rows * columns, maxLength: rows * columns })
        .map((values) => ({ values: Float32Array.from(values), rows, columns })),
    );

describe('what tokens attend to', () => {
  it('is standardized over the tokens: mean 0 and deviation 1, or 0 where they all attend alike', () => {
    fc.assert(
      fc.property(matrices(6, 6), (matrix) => {
        const before = matrix.values.slice();
        standardizeColumns(matrix);
        for (let column = 0; column < matrix.columns; column++) {
          const of = (values: Float32Array) =>
            [...values].filter((_, i) => i % matrix.columns === column).map(Number);
          const now = of(matrix.values);
          const square = now.reduce((sum, x) => sum + x * x, 0) / matrix.rows;
          expect(now.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 5);
          expect(square).toBeCloseTo(new Set(of(before)).size > 1 ? 1 : 0, 5);
        }
      }),
    );
  });

  it('is smoothed by the median of neighbours, mirrored at the ends', () => {
    fc.assert(
      fc.property(matrices(3, 20), fc.constantFrom(1, 3, 7), (matrix, width) => {
        const { values, columns } = matrix;
        const half = (width - 1) / 2;
        const sum = new Float32Array(values.length).fill(1);
        addMedians(matrix, width, sum);
        values.forEach((value, i) => {
          const [row, column] = [Math.floor(i / columns), i % columns];
          const at = (c: number) =>
            values[row * columns + (columns - 1 - Math.abs(columns - 1 - Math.abs(c)))];
          const near = Array.from({ length: width }, (_, k) => at(column + k - half)).sort((a, b) => a - b);
          expect(sum[i]).toBe(1 + (columns <= half ? value : near[half]));
        });
      }),
    );
  });

  it('becomes the path of the largest sum on which no token comes before another', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(1e6),
        (rows, columns, seed) => {
          // No two sums are equal.
          const values = Float32Array.from({ length: rows * columns }, (_, i) => noise(seed, i));
          const begins = warp({ values, rows, columns });
          const all = paths(rows, columns).map((path) => ({
            begins: Array.from({ length: rows }, (_, row) => path.find((cell) => cell.row === row)?.column),
            sum: path.reduce((sum, { row, column }) => sum + values[row * columns + column], 0),
          }));
          const [best] = all.sort((a, b) => b.sum - a.sum);
          expect(begins).toEqual(best.begins);
        },
      ),
    );
  });
});

interface Cell {
  readonly row: number;
  readonly column: number;
}

/** All paths from the first row and column to the last, a step down, right, or both at a time. */
function paths(rows: number, columns: number): readonly (readonly Cell[])[] {
  const to = (row: number, column: number): readonly (readonly Cell[])[] => {
    if (row < 0 || column < 0) return [];
    if (row === 0 && column === 0) return [[{ row, column }]];
    return [...to(row - 1, column - 1), ...to(row - 1, column), ...to(row, column - 1)].map((path) => [
      ...path,
      { row, column },
    ]);
  };
  return to(rows - 1, columns - 1);
}

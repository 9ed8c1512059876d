/** A matrix of float32, row by row. */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Subtracts each column's mean, and divides by its standard deviation: what stays is which rows attend to a column more than others do. In
 * place; a column of equal values says nothing, and becomes 0.
 */
export function standardizeColumns({ values, rows, columns }: Matrix): void {
  for (let column = 0; column < columns; column++) {
    let mean = 0;
    for (let i = column; i < values.length; i += columns) mean += values[i] / rows;
    let variance = 0;
    for (let i = column; i < values.length; i += columns) variance += (values[i] - mean) ** 2 / rows;
    const deviation = Math.sqrt(variance);
    for (let i = column; i < values.length; i += columns)
      values[i] = deviation > 0 ? (values[i] - mean) / deviation : 0;
  }
}

/**
 * Adds to `sum` the median of every `width` neighbours of a row's values, which its ends mirror. Rows that are not longer than half of that
 * are added as they are. `width`: odd.
 */
export function addMedians({ values, rows, columns }: Matrix, width: number, sum: Float32Array): void {
  const half = (width - 1) / 2;
  if (columns <= half) {
    for (let i = 0; i < values.length; i++) sum[i] += values[i];
    return;
  }
  const sorted = new Float32Array(width);
  const last = columns - 1;
  for (let row = 0; row < rows; row++) {
    const first = row * columns;
    const at = (column: number) => {
      const from = Math.abs(column);
      return values[first + (from > last ? 2 * last - from : from)];
    };
    for (let i = 0; i < width; i++) sorted[i] = at(i - half);
    sorted.sort();
    for (let column = 0; ; column++) {
      sum[first + column] += sorted[half];
      if (column === last) break;
      replace(sorted, at(column - half), at(column + half + 1));
    }
  }
}

/** Of sorted values, one gives way to another. */
function replace(sorted: Float32Array, old: number, now: number): void {
  let i = sorted.indexOf(old);
  for (; i < sorted.length - 1 && sorted[i + 1] < now; i++) sorted[i] = sorted[i + 1];
  for (; i > 0 && sorted[i - 1] > now; i--) sorted[i] = sorted[i - 1];
  sorted[i] = now;
}

/** Where the cheapest path came from. */
const DIAGONAL = 0;
const UP = 1;
const LEFT = 2;

/**
 * The column at which each row begins on the path of the largest sum from the first row and column to the last: dynamic time warping
 * (Sakoe and Chiba 1978). As in transformers' Whisper, sums are rounded to float32, and a tie of the other two goes left.
 */
export function warp({ values, rows, columns }: Matrix): number[] {
  const from = new Uint8Array(rows * columns);
  let above = new Float32Array(columns + 1).fill(Infinity);
  let costs = new Float32Array(columns + 1);
  above[0] = 0;
  for (let row = 0; row < rows; row++) {
    costs[0] = Infinity;
    for (let column = 0; column < columns; column++) {
      const [diagonal, up, left] = [above[column], above[column + 1], costs[column]];
      const i = row * columns + column;
      from[i] = diagonal < up && diagonal < left ? DIAGONAL : up < diagonal && up < left ? UP : LEFT;
      const least = from[i] === DIAGONAL ? diagonal : from[i] === UP ? up : left;
      costs[column + 1] = least - values[i];
    }
    [above, costs] = [costs, above];
  }
  const begins = new Array<number>(rows).fill(0);
  for (let row = rows - 1, column = columns - 1; row >= 0 && column >= 0;) {
    begins[row] = column;
    const came = from[row * columns + column];
    if (came !== LEFT) row--;
    if (came !== UP) column--;
  }
  return begins;
}

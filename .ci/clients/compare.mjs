// Two files of JSON lines: embedding by embedding, cosines are 1 within 1e-6, or with a third argument `exact` all numbers the same.
import { readFileSync } from 'node:fs';

const isExact = process.argv[4] === 'exact';
const [left, right] = process.argv.slice(2, 4).map((path) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).embedding),
);
if (left.length !== right.length) throw new RangeError(`${left.length} and ${right.length} vectors`);
left.forEach((a, row) => {
  const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  const b = right[row];
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  if (a.length !== b.length || !(Math.abs(1 - cosine) < 1e-6))
    throw new RangeError(`vector ${row}: a cosine of ${cosine}`);
  if (isExact && !a.every((value, i) => value === b[i])) throw new RangeError(`vector ${row}: other numbers`);
});
console.log(`${left.length} vectors agree`);

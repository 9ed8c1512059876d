/** A label in lower-case words without punctuation, as `spoken.py` has it: what a transcript of it should be. */
export function wordsOf(label: string): string[] {
  return label
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[^a-z0-9' ]+/g, ' ')
    .split(' ')
    .filter((word) => word !== '');
}

/** Something that was written, and what it should have been. */
export interface Written {
  readonly text: string;
  readonly label: string;
}

/** How much of what was written is right: as a whole, and word for word (1 − errors per word, Levenshtein). */
export interface Rightness {
  readonly of: number;
  readonly right: number;
  readonly wordsRight: number;
}

export function rightness(written: readonly Written[]): Rightness {
  let [right, errors, words] = [0, 0, 0];
  for (const { text, label } of written) {
    const [found, meant] = [wordsOf(text), wordsOf(label)];
    const wrong = errorsOf(found, meant);
    right += Number(wrong === 0);
    errors += wrong;
    words += meant.length;
  }
  return { of: written.length, right: right / written.length, wordsRight: 1 - errors / words };
}

/** Words to change, to leave out or to put in. */
function errorsOf(found: readonly string[], meant: readonly string[]): number {
  let row = Array.from({ length: meant.length + 1 }, (_, i) => i);
  for (const [i, word] of found.entries()) {
    const next = [i + 1];
    for (const [j, other] of meant.entries())
      next.push(Math.min(next[j] + 1, row[j + 1] + 1, row[j] + Number(word !== other)));
    row = next;
  }
  return row[meant.length];
}

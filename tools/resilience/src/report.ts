/** What a program found, by what it is. */
export type Facts = Readonly<Record<string, number | string>>;

/** Prints facts: a line each, or one JSON document. */
export function printFacts(facts: Facts, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(facts)}\n`);
    return;
  }
  const width = Math.max(...Object.keys(facts).map((name) => name.length)) + 2;
  for (const [name, value] of Object.entries(facts)) {
    const text = typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(2) : String(value);
    process.stdout.write(`${name.padEnd(width)}${text}\n`);
  }
}

/** Sends `count` requests, `inFlight` at a time. */
export async function flood(count: number, inFlight: number, send: () => Promise<unknown>): Promise<void> {
  let left = count;
  const work = async () => {
    while (left-- > 0) await send();
  };
  await Promise.all(Array.from({ length: inFlight }, work));
}

/** Prints what was measured: a line each, or one JSON document. */
export function printReport(report: Readonly<Record<string, number>>, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  for (const [what, value] of Object.entries(report))
    process.stdout.write(`${what.padEnd(62)}${value.toFixed(2)}\n`);
}

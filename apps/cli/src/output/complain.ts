/** A line on standard error, from this program. */
export function complain(message: string): void {
  process.stderr.write(`triptych: ${message}\n`);
}

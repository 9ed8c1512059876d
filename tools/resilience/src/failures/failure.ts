import type { Facts } from '../report.js';

/** What came of a failure. */
export interface Outcome {
  /** What must not be, and was: empty where everything went as documented. */
  readonly problems: readonly string[];
  readonly facts: Facts;
}

/** Something that goes wrong, and the check that the server bears it as docs/operations.md says. */
export interface Failure {
  readonly title: string;
  run(): Promise<Outcome>;
}

/** Names the conditions that do not hold. */
export function problemsOf(conditions: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(conditions).flatMap(([name, holds]) => (holds ? [] : [name]));
}

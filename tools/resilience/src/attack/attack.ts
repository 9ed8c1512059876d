import type { Facts } from '../report.js';

/** How much of an attack is run: some of it, as CI does, or all of it, with streams as long as real ones. */
export type Extent = 'sample' | 'full';

export interface AttackReport {
  readonly facts: Facts;
  /** What did not hold; empty: everything did. */
  readonly problems: readonly string[];
  /** What took too long: on a machine that others use, that may be theirs. */
  readonly slow?: readonly string[];
}

/** One way to hurt a server, or its other clients, and what must hold beside it. */
export interface Attack {
  readonly title: string;
  run(extent: Extent): Promise<AttackReport>;
}

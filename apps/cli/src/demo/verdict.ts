import type { Finding } from './find.js';
import type { Neighbour } from './neighbours.js';

/** How many of how many came out as they should. */
export interface Tally {
  readonly right: number;
  readonly of: number;
}

export interface Verdict {
  /** Written and spoken queries that find the picture they mean before all others. */
  readonly queries: Tally;
  /** Recordings whose nearest one is the other voice that says the same. */
  readonly pairs: Tally;
  readonly passed: boolean;
}

/** What the demo shows, counted. Nothing to count does not pass. */
export function verdictOf(
  findings: readonly Finding[],
  nearest: ReadonlyMap<string, readonly Neighbour[]>,
): Verdict {
  const queries = tally(findings.map((finding) => finding.found[0]?.name === meant(finding)));
  const pairs = tally(
    [...nearest].map(([name, others]) => spokenOf(others[0]?.name ?? '') === spokenOf(name)),
  );
  return { queries, pairs, passed: [queries, pairs].every(({ right, of }) => of > 0 && right === of) };
}

/** The name of the picture that a query means. */
export function meant({ as, query }: Pick<Finding, 'as' | 'query'>): string {
  return as === 'spoken' ? spokenOf(query) : query.replace('a picture of ', '').replaceAll(' ', '-');
}

/** What a recording says: its name without its voice, as in `pizza-a`. */
const spokenOf = (name: string) => name.replace(/-[ab]$/, '');

function tally(outcomes: readonly boolean[]): Tally {
  return { right: outcomes.filter(Boolean).length, of: outcomes.length };
}

import type { Finding } from './find.js';
import type { Neighbour } from './neighbours.js';
import type { Transcript } from './write-down.js';

/** Of recordings of voices that the model never heard it is right about more than this share. */
const WRITTEN_RIGHT = 0.75;

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
  /** Recordings that are written down word for word. */
  readonly transcripts: Tally;
  readonly passed: boolean;
}

/** What the demo shows, counted. Nothing to count does not pass. */
export function verdictOf(
  findings: readonly Finding[],
  nearest: ReadonlyMap<string, readonly Neighbour[]>,
  written: readonly Transcript[],
): Verdict {
  const queries = tally(findings.map((finding) => finding.found[0]?.name === meant(finding)));
  const pairs = tally(
    [...nearest].map(([name, others]) => spokenOf(others[0]?.name ?? '') === spokenOf(name)),
  );
  const transcripts = tally(written.map(isWrittenRight));
  const isFound = [queries, pairs].every(({ right, of }) => of > 0 && right === of);
  const isWritten = transcripts.right > WRITTEN_RIGHT * transcripts.of;
  return { queries, pairs, transcripts, passed: isFound && isWritten };
}

/** The name of the picture that a query means. */
export function meant({ as, query }: Pick<Finding, 'as' | 'query'>): string {
  return as === 'spoken' ? spokenOf(query) : query.replace('a picture of ', '').replaceAll(' ', '-');
}

/** What a recording says: its name without its voice, as in `pizza-a`. */
const spokenOf = (name: string) => name.replace(/-[ab]$/, '');

/** Word for word: capitals and punctuation are not said. */
export function isWrittenRight({ name, text }: Transcript): boolean {
  const words = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return words === spokenOf(name);
}

function tally(outcomes: readonly boolean[]): Tally {
  return { right: outcomes.filter(Boolean).length, of: outcomes.length };
}

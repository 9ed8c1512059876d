import type { Finding } from './find.js';
import type { Neighbour } from './neighbours.js';
import type { Description } from './describe.js';
import type { Transcript } from './write-down.js';

/** Of recordings of voices that the models never heard, and of pictures of a style that they never saw, they are right about this share at least. */
const WRITTEN_RIGHT = 0.75;
const DESCRIBED_RIGHT = 0.75;

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
  /** Pictures whose captions are their names. */
  readonly captions: Tally;
  readonly passed: boolean;
}

/** What the demo shows, counted. Nothing to count does not pass. */
export function verdictOf(
  findings: readonly Finding[],
  nearest: ReadonlyMap<string, readonly Neighbour[]>,
  written: readonly Transcript[],
  described: readonly Description[],
): Verdict {
  const queries = tally(findings.map((finding) => finding.found[0]?.name === meant(finding)));
  const pairs = tally(
    [...nearest].map(([name, others]) => spokenOf(others[0]?.name ?? '') === spokenOf(name)),
  );
  const transcripts = tally(written.map(isWrittenRight));
  const captions = tally(described.map(isDescribedRight));
  const passed =
    isShare(queries, 1) &&
    isShare(pairs, 1) &&
    isShare(transcripts, WRITTEN_RIGHT) &&
    isShare(captions, DESCRIBED_RIGHT);
  return { queries, pairs, transcripts, captions, passed };
}

/** Whether so much of it is right. Of nothing nothing is. */
function isShare({ right, of }: Tally, share: number): boolean {
  return of > 0 && right >= share * of;
}

/** The name of the picture that a query means. */
export function meant({ as, query }: Pick<Finding, 'as' | 'query'>): string {
  return as === 'spoken' ? spokenOf(query) : query.replace('a picture of ', '').replaceAll(' ', '-');
}

/** What a recording says: its name without its voice, as in `pizza-a`. */
const spokenOf = (name: string) => name.replace(/-[ab]$/, '');

/** Word for word: capitals and punctuation are not said. */
export function isWrittenRight({ name, text }: Transcript): boolean {
  return nameOf(text) === spokenOf(name);
}

export function isDescribedRight({ name, text }: Description): boolean {
  return nameOf(text) === name;
}

/** Words as names of files have them. */
function nameOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

function tally(outcomes: readonly boolean[]): Tally {
  return { right: outcomes.filter(Boolean).length, of: outcomes.length };
}

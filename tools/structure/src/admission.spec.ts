import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** What load is bounded with, or waits in. A file that defines one may make it of others. */
const CLASSES = [
  'BatchQueue',
  'BoundedAnswers',
  'BoundedConnections',
  'CallLimit',
  'ConnectionLimit',
  'DecoderRoom',
  'FairOrder',
  'GuessLimit',
  'InflatedBytes',
  'MemoryBudget',
  'Room',
  'Shares',
  'Slots',
  'Turns',
];
const DEFINED = new RegExp(`^export class (${CLASSES.join('|')})\\b`, 'gm');
const MADE = new RegExp(`\\bnew (${CLASSES.join('|')})\\b`);

const sources = ['libs', 'apps/server'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true })
    .map((name) => `${top}/${String(name).replaceAll('\\', '/')}`)
    .filter(
      (path) => /\/src\/.*(?<!\.spec|\.d)\.ts$/.test(path) && !/node_modules|\/(dist|testing)\//.test(path),
    ),
);

/** A page's rows of tables, cell by cell. */
function rowsOf(page: string): string[][] {
  const rows = page.split('\n').filter((line) => /^\| /.test(line) && !/^\| -/.test(line));
  return rows.map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

/** Queue, unit, setting, what comes beyond it, metric, file. */
const queues = rowsOf(read('docs/decisions/admission.md')).filter(
  (cells) => cells.length === 6 && cells[0] !== 'queue',
);
const quoted = (text: string, what: RegExp) => [...text.matchAll(what)].map(([, name]) => name);

describe('the list of queues in docs/decisions/admission.md', () => {
  it('has every one that the code makes, and names no file that is not there', () => {
    const listed = new Set(queues.flatMap((cells) => quoted(cells[5], /`([^`]+)`/g)));
    expect([...listed].filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const unlisted = sources.filter((path) => {
      const text = read(path);
      return MADE.test(text) && text.search(DEFINED) < 0 && !listed.has(path);
    });
    expect(unlisted).toEqual([]);
  });

  it('knows every class by a name that there is', () => {
    const defined = sources.flatMap((path) => quoted(read(path), DEFINED));
    expect(defined.sort()).toEqual(CLASSES);
  });

  it('says of each its file and its metric, or why there is none', () => {
    const without = queues.filter(([, , , , metric, file]) => {
      return !/^(of all streams: )?`\w+|^none: \w+/.test(metric) || !/^`[\w./-]+\.ts`$/.test(file);
    });
    expect(without.map(([queue]) => queue)).toEqual([]);
    expect(queues.length).toBeGreaterThan(30);
  });

  it('names metrics and settings that there are', () => {
    const metrics = new Set(quoted(read('docs/operations.md'), /`(triptych_\w+)/g));
    const settings = new Set(quoted(read('docs/configuration.md'), /`(--[\w-]+)/g));
    const unknown = queues.flatMap(([, , setting, , metric]) => [
      ...quoted(metric, /`(triptych_\w+)/g).filter((name) => !metrics.has(name)),
      ...quoted(setting, /`(--[\w-]+)/g).filter((name) => !settings.has(name)),
    ]);
    expect(unknown).toEqual([]);
  });
});

// Adds up the reports of every project's tests. On standard output: "PASSED FAILED", then each test that failed, or that passed only at its
// second attempt, with the first lines of its message. On standard error: a line a project.
//   node .ci/count-tests.mjs FOLDER
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const [folder] = process.argv.slice(2);
/** What a log that is cut at its beginning still holds. */
const MAX_NAMED = 40;
const MAX_LINES = 6;
const MAX_COLUMNS = 300;

/** A list of those that failed or that needed a second attempt, as it is printed. */
class Named {
  #entries = [];

  add(title, message) {
    const lines = stripVTControlCharacters(message ?? '')
      .split('\n')
      .filter((line) => line.trim() !== '' && !/^ +at (.*\/node_modules\/|new )/.test(line))
      .slice(0, MAX_LINES)
      .map((line) => `      ${line.slice(0, MAX_COLUMNS)}\n`);
    this.#entries.push(`  ${title}\n${lines.join('')}`);
  }

  print(heading) {
    const more = this.#entries.length - MAX_NAMED;
    if (this.#entries.length === 0) return '';
    return `${heading}\n${this.#entries.slice(0, MAX_NAMED).join('')}${more > 0 ? `  and ${more} more\n` : ''}`;
  }
}

const projects = ['libs', 'apps', 'tools'].flatMap((area) =>
  (existsSync(area) ? readdirSync(area) : [])
    .map((name) => join(area, name))
    .filter((path) => existsSync(join(path, 'vitest.config.ts'))),
);
const failures = new Named();
const retried = new Named();
let [passed, failed, skipped] = [0, 0, 0];
for (const project of projects) {
  const path = join(folder, `${project.replace('/', '-')}.json`);
  if (!existsSync(path)) {
    process.stderr.write(`${project}: no report, its tests did not run to their end\n`);
    failures.add(project, 'no report: its tests did not run to their end');
    failed++;
    continue;
  }
  const report = JSON.parse(readFileSync(path, 'utf8'));
  let broken = 0;
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = relative(resolve(project), name);
    for (const test of assertionResults) {
      const title = [project, file, ...test.ancestorTitles.filter(Boolean), test.title].join(' › ');
      const [first] = test.failureMessages;
      if (test.status === 'failed') failures.add(title, first);
      else if (test.status === 'passed' && first !== undefined) retried.add(title, first);
    }
    // A file that cannot be loaded fails without a test of its own.
    if (status !== 'failed' || assertionResults.some((test) => test.status === 'failed')) continue;
    failures.add(`${project} › ${file}`, message);
    broken++;
  }
  const idle = report.numPendingTests + report.numTodoTests;
  process.stderr.write(
    `${project}: ${report.numPassedTests} passed, ${report.numFailedTests + broken} failed, ${idle} skipped\n`,
  );
  passed += report.numPassedTests;
  failed += report.numFailedTests + broken;
  skipped += idle;
}
process.stderr.write(
  `tests: ${passed + failed} ran in ${projects.length} projects: ${passed} passed, ${failed} failed; ${skipped} skipped\n`,
);
process.stdout.write(`${passed} ${failed}\n`);
process.stdout.write(retried.print('passed at the second attempt:'));
process.stdout.write(failures.print('failed tests:'));

// Adds up the reports of every project's tests: "PASSED FAILED" on standard output, a line a project on standard error.
//   node .ci/count-tests.mjs FOLDER
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const projects = ['libs', 'apps', 'tools'].flatMap((area) =>
  readdirSync(area)
    .map((name) => join(area, name))
    .filter((path) => existsSync(join(path, 'vitest.config.ts'))),
);
let [passed, failed, skipped] = [0, 0, 0];
for (const project of projects) {
  const path = join(folder, `${project.replace('/', '-')}.json`);
  if (!existsSync(path)) {
    process.stderr.write(`${project}: no report, its tests did not run to their end\n`);
    failed++;
    continue;
  }
  const report = JSON.parse(readFileSync(path, 'utf8'));
  // A file that cannot be loaded fails without a test of its own.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  ).length;
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

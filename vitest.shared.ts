import { defineConfig } from 'vitest/config';

/** A folder for a report of each project's tests, which CI counts. */
const reports = process.env['VITEST_REPORTS'];
/** `libs-core`: tests run in their project's folder. */
const project = process.cwd().split('/').slice(-2).join('-');

/** What every project's tests share: specs beside their sources, one process each, room for real work. */
export const sharedTests = defineConfig({
  test: {
    include: ['src/**/*.spec.ts', 'test/**/*.spec.ts'],
    pool: 'forks',
    // What hangs ends; how long work takes depends on what else the machine does.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
    // In CI a test that failed is tried once more; .ci/count-tests.mjs names those that pass only then.
    ...(reports
      ? {
          retry: 1,
          reporters: ['default', 'json'],
          outputFile: { json: `${reports}/${project}.json` },
        }
      : {}),
  },
});

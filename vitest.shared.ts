import { defineConfig } from 'vitest/config';

/** What every project's tests share: specs beside their sources, one process each, room for real work. */
export const sharedTests = defineConfig({
  test: {
    include: ['src/**/*.spec.ts', 'test/**/*.spec.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});

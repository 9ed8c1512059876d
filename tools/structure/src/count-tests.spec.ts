import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const repository = resolve('../..');

const SPEC = `
import { describe, expect, it } from 'vitest';
let attempts = 0;
describe('a lamp', () => {
  it('shines', () => expect(1).toBe(1));
  it('shines at once', () => expect(++attempts, 'attempt').toBe(2));
  it('shines in the dark', () => expect('dark').toBe('bright'));
  it.skip('shines for ever', () => undefined);
});
`;

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-count-'));
  await symlink(join(repository, 'node_modules'), join(work, 'node_modules'));
  await copyFile(join(repository, 'vitest.shared.ts'), join(work, 'vitest.shared.ts'));
  await writeFile(join(work, 'package.json'), '{ "type": "module" }');
  for (const project of ['lamp', 'unread']) {
    await mkdir(join(work, 'libs', project, 'src'), { recursive: true });
    await copyFile('vitest.config.ts', join(work, 'libs', project, 'vitest.config.ts'));
  }
  await writeFile(join(work, 'libs/lamp/src/lamp.spec.ts'), SPEC);
  await writeFile(join(work, 'libs/lamp/src/broken.spec.ts'), "import './absent.js';\n");
});
afterAll(() => rm(work, { recursive: true }));

describe('the count of the tests in CI', () => {
  it('names what failed and what passed at the second attempt, with their messages', async () => {
    const reports = join(work, 'reports');
    const tests = run(process.execPath, [join(repository, 'node_modules/vitest/vitest.mjs'), 'run'], {
      cwd: join(work, 'libs/lamp'),
      env: { ...process.env, VITEST_REPORTS: reports },
    });
    await expect(tests).rejects.toMatchObject({ code: 1 });

    const counter = join(repository, '.ci/count-tests.mjs');
    const { stdout } = await run(process.execPath, [counter, reports], { cwd: work });
    const lines = stdout.split('\n').filter((line) => !/^ +(at|❯) /.test(line));
    expect(lines).toEqual([
      '2 3',
      'passed at the second attempt:',
      '  libs/lamp › src/lamp.spec.ts › a lamp › shines at once',
      '      AssertionError: attempt: expected 1 to be 2 // Object.is equality',
      'failed tests:',
      '  libs/lamp › src/broken.spec.ts',
      expect.stringContaining("'./absent.js'"),
      '  libs/lamp › src/lamp.spec.ts › a lamp › shines in the dark',
      "      AssertionError: expected 'dark' to be 'bright' // Object.is equality",
      '  libs/unread',
      '      no report: its tests did not run to their end',
      '',
    ]);
  });
});

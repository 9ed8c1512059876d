import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownPackage } from '../own-package.mjs';

let work: string;
let eslint: ESLint;
let ofImports: ESLint;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-own-'));
  await mkdir(join(work, 'libs/one/src/deep'), { recursive: true });
  for (const folder of ['.', 'libs/one']) await writeFile(join(work, folder, 'package.json'), '{}');
  const linter = (options: { importsOnly?: boolean }) =>
    new ESLint({
      cwd: work,
      overrideConfigFile: true,
      overrideConfig: {
        files: ['**/*.ts'],
        languageOptions: { parser: tseslint.parser },
        plugins: { triptych: { rules: { 'own-package': ownPackage } } },
        rules: { 'triptych/own-package': ['error', options] },
      },
    });
  eslint = linter({});
  ofImports = linter({ importsOnly: true });
});
afterAll(() => rm(work, { recursive: true }));

async function lint(line: string, by = eslint): Promise<string[]> {
  const filePath = join(work, 'libs/one/src/deep/a.ts');
  const [{ messages }] = await by.lintText(line, { filePath });
  return messages.map(({ message }) => message.split(' ')[0]);
}

describe('the rule about what lies outside of a package', () => {
  it.each([
    ["import { b } from '../../../two/src/b.js';", '../../../two/src/b.js'],
    ["import type { B } from '../../../two/src/b.js';", '../../../two/src/b.js'],
    ["export * from '../../../../b.js';", '../../../../b.js'],
    ["void import('../../../two/b.js');", '../../../two/b.js'],
    ["new URL('../../../../models/', import.meta.url);", '../../../../models/'],
    ['new URL(`../../../../${name}`, import.meta.url);', '../../../../'],
  ])('finds %s', async (line, path) => {
    expect(await lint(line)).toEqual([path]);
  });

  it.each([
    "import { b } from '../b.js';",
    "import { b } from '../../fixtures/b.js';",
    "import { readFileSync } from 'node:fs';",
    "export { c } from '@triptych/core';",
    "new URL('../../fixtures/b.bin', import.meta.url);",
    "new URL('https://example.org/../../../../x');",
  ])('says nothing of %s', async (line) => {
    expect(await lint(line)).toEqual([]);
  });

  it('may let a package of the repository read the repository, but not import from another', async () => {
    expect(await lint("new URL('../../../../models/', import.meta.url);", ofImports)).toEqual([]);
    expect(await lint("import { b } from '../../../two/src/b.js';", ofImports)).toEqual([
      '../../../two/src/b.js',
    ]);
  });
});

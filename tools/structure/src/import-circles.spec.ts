import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importCircles } from '../import-circles.mjs';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-circles-'));
});
afterAll(() => rm(work, { recursive: true }));

/** What the rule says of each of these files. */
async function lint(files: Readonly<Record<string, string>>): Promise<Record<string, string[]>> {
  const folder = await mkdtemp(join(work, 'case-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: true,
    overrideConfig: {
      files: ['**/*.ts'],
      languageOptions: { parser: tseslint.parser },
      plugins: { triptych: { rules: { 'import-circles': importCircles } } },
      rules: { 'triptych/import-circles': 'error' },
    },
  });
  const results = await eslint.lintFiles(['.']);
  return Object.fromEntries(
    results.map(({ filePath, messages }) => [
      filePath.slice(folder.length + 1),
      messages.map(({ message }) => /here: (.*)\. Move/.exec(message)?.[1] ?? message),
    ]),
  );
}

describe('the rule about circles', () => {
  it('finds a circle at each of its imports, with its way', async () => {
    const files = {
      'a.ts': "import { b } from './b.js';\nexport const a = b;\n",
      'b.ts': "export { c as b } from './c.js';\n",
      'c.ts': "import { a } from './a.js';\nexport const c = () => a;\n",
    };
    expect(await lint(files)).toEqual({
      'a.ts': ['b.ts → c.ts → a.ts'],
      'b.ts': ['c.ts → a.ts → b.ts'],
      'c.ts': ['a.ts → b.ts → c.ts'],
    });
  });

  it.each([
    ['for types', "import type { A } from './a.js';\nexport type B = A;\n"],
    ['for a type of several', "import { type A } from './a.js';\nexport type B = A;\n"],
    ['of everything', "export * from './a.js';\n"],
    ['when it is needed', "export const b = () => import('./a.js');\n"],
  ])('counts imports %s', async (_, b) => {
    const a = "import './b.js';\nexport type A = 1;\n";
    expect(await lint({ 'a.ts': a, 'b.ts': b })).toEqual({
      'a.ts': ['b.ts → a.ts'],
      'b.ts': ['a.ts → b.ts'],
    });
  });

  it('says nothing of a file that two import, of one that only leads into a circle, and of packages', async () => {
    const files = {
      'above.ts': "import './a.js';\nimport './c.js';\nimport 'node:fs';\nimport './absent.js';\n",
      'a.ts': "import './c.js';\n",
      'b.ts': "import './c.js';\nimport './b.js';\n",
      'c.ts': 'export {};\n',
    };
    expect(await lint(files)).toEqual({ 'above.ts': [], 'a.ts': [], 'b.ts': ['b.ts'], 'c.ts': [] });
  });
});

describe('the lint of this repository', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const projects = ['libs', 'apps', 'tools'].flatMap((top) =>
    readdirSync(join(root, top))
      .map((name) => `${top}/${name}`)
      .filter((project) => existsSync(join(root, project, 'src'))),
  );

  it.each([...projects, 'apps/server/src/models', 'apps/cli/src/output'])(
    'forbids circles in %s',
    async (folder) => {
      const eslint = new ESLint({ cwd: root });
      const file = join(root, folder, folder.includes('/src') ? 'planted.ts' : 'src/planted.ts');
      const config = (await eslint.calculateConfigForFile(file)) as { rules: Record<string, unknown> };
      expect(config.rules['triptych/import-circles']).toEqual([2]);
    },
  );
});

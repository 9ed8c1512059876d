import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint, Linter } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const server = 'apps/server/src';
const adapters = ['flight', 'grpc', 'http', 'oip'];
const others = readdirSync(join(root, server), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && ![...adapters, 'testing'].includes(entry.name))
  .map(({ name }) => name);

/** What the repository's lint says of imports, whatever else it does of a file. */
async function problemsOf(file: string, text: string): Promise<string[]> {
  const config = (await new ESLint({ cwd: root }).calculateConfigForFile(join(root, file))) as {
    readonly rules: Linter.RulesRecord;
  };
  const rule = config.rules['no-restricted-imports'] ?? 'off';
  const found = new Linter().verify(text, { rules: { 'no-restricted-imports': rule } });
  return found.map(({ ruleId }) => String(ruleId));
}

describe('what an adapter stands on', () => {
  it.each(others)('knows none: %s', async (folder) => {
    for (const adapter of adapters) {
      const text = `import '../${adapter}/planted.js';\n`;
      expect(await problemsOf(`${server}/${folder}/planted.ts`, text), adapter).toEqual([
        'no-restricted-imports',
      ]);
    }
    expect(await problemsOf(`${server}/${folder}/planted.ts`, "import '../calls/gate.js';\n")).toEqual([]);
  });

  it('is known to adapters, and all of them to what composes the server', async () => {
    expect(await problemsOf(`${server}/http/planted.ts`, "import '../oip/open-inference.js';\n")).toEqual([]);
    expect(await problemsOf(`${server}/compose.ts`, "import './http/http-server.js';\n")).toEqual([]);
  });
});

// The licences of what is shipped: docs/third-party.md, from the lockfile.
//   node tools/setup/licences.mjs            writes the page
//   node tools/setup/licences.mjs --check    ends with 1 where it is not current, or a licence is none that may be shipped
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { shipped } from './shipped.mjs';

/** Free, and nothing that asks more of an Apache-2.0 project than to name it. LGPL: libraries that a user can replace. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'LGPL-3.0-or-later',
]);
const page = fileURLToPath(new URL('../../docs/third-party.md', import.meta.url));

// Binaries are a package a platform: one row for those of one licence.
const platform = /-((linuxmusl|linux|darwin|win32|freebsd|openbsd|android)-\w+|(webcontainers-)?wasm32)$/;
const packages = shipped()
  .packages.map(({ name, version, license }) => ({
    name: name.replace(platform, '-PLATFORM'),
    version,
    licence: license ?? '',
  }))
  .sort((a, b) => (a.name < b.name ? -1 : 1));
/** An expression of licences, each of which may be shipped: one that leaves a choice offers none that may not. */
const isAllowed = (licence) =>
  licence
    .split(/[\s()]+(?:AND|OR)?[\s()]*/)
    .filter((name) => name !== '')
    .every((name) => allowed.has(name)) && licence !== '';

const refused = packages.filter(({ licence }) => !isAllowed(licence));
for (const { name, version, licence } of refused)
  process.stderr.write(
    `${name} ${version}: licence ${licence || 'unknown'} is none of those that may be shipped\n`,
  );

const text = `# Third-party packages

The packages that the command and the server need at run time, on every platform, by \`node tools/setup/licences.mjs\`. CI
compares this page with the lockfile, and the lockfile's list with npm's own. A bill of materials in CycloneDX: \`npm run -s sbom\`.
The LGPL's: libvips, a shared library that sharp loads and that can be replaced, and codec-parser.

| package | version | licence |
| --- | --- | --- |
${[...new Set(packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`))].join('\n')}
`;
const flat = (markdown) => markdown.replace(/[ -]+/g, ' ');
if (!process.argv.includes('--check')) writeFileSync(page, text);
else if (flat(readFileSync(page, 'utf8')) !== flat(text)) {
  process.stderr.write(
    'docs/third-party.md is not current: run node tools/setup/licences.mjs and npm run format\n',
  );
  process.exitCode = 1;
}
if (refused.length > 0) process.exitCode = 1;

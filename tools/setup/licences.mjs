// The licences of what is shipped: docs/third-party.md, from the bill of materials that npm makes of the lockfile.
//   node tools/setup/licences.mjs            writes the page
//   node tools/setup/licences.mjs --check    ends with 1 where it is not current, or a licence is none that may be shipped
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Free, and nothing that asks more of an Apache-2.0 project than to name it. LGPL: libraries that a user can replace. */
const allowed = new Set([
  'Apache-2.0',
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '(MIT OR CC0-1.0)',
  'LGPL-3.0-or-later',
]);
const page = fileURLToPath(new URL('../../docs/third-party.md', import.meta.url));

const bill = JSON.parse(
  execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--loglevel=error'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  }),
);
const packages = bill.components
  .filter(
    ({ group, name, purl }) => !`${group ?? ''}/${name}`.includes('triptych') && !purl.includes('triptych'),
  )
  .map(({ name, version, licenses = [] }) => ({
    // Binaries are a package a platform; which one is installed is no news.
    name: name.replace(/-(linuxmusl|linux|darwin|win32)-\w+$/, '-PLATFORM'),
    version,
    licence: licenses.map(({ license, expression }) => expression ?? license.id ?? license.name).join(' OR '),
  }))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

const refused = packages.filter(({ licence }) => !allowed.has(licence));
for (const { name, version, licence } of refused)
  process.stderr.write(
    `${name} ${version}: licence ${licence || 'unknown'} is none of those that may be shipped\n`,
  );

const text = `# Third-party packages

What a running Triptych is made of, by \`node tools/setup/licences.mjs\`; CI compares this page with the lockfile. A bill of materials in
CycloneDX: \`npm run -s sbom\`. The LGPL's: libvips, a shared library that sharp loads and that can be replaced, and codec-parser.

| package | version | licence |
| --- | --- | --- |
${packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`).join('\n')}
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

// Prints the bill of materials of what is shipped, in CycloneDX: npm's document about the whole lockfile, less what a running Triptych
// does not need. npm's own `--omit dev` leaves out every package that is a development dependency of anyone, whoever else needs it.
import { execFileSync } from 'node:child_process';
import { root, shipped } from './shipped.mjs';

const whole = JSON.parse(
  execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  }),
);
const { packages, workspaces } = shipped();
const idOf = ({ name, version }) => `${name}@${version}`;
const wanted = new Set([...packages, ...workspaces].map(idOf));
const product = idOf(workspaces.find(({ location }) => location === 'apps/cli'));
const components = whole.components.filter((component) => wanted.has(component['bom-ref']));
const missing = [...wanted].filter((id) => !components.some((component) => component['bom-ref'] === id));
if (missing.length > 0) {
  process.stderr.write(`npm's bill of materials lacks ${missing.join(', ')}\n`);
  process.exitCode = 1;
}
const bill = {
  ...whole,
  metadata: {
    ...whole.metadata,
    component: components.find((component) => component['bom-ref'] === product),
  },
  components: components.filter((component) => component['bom-ref'] !== product),
  dependencies: whole.dependencies
    .filter(({ ref }) => wanted.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((id) => wanted.has(id)) })),
};
process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`);

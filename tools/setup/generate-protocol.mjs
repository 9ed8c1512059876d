// Makes the TypeScript types of libs/protocol/src/gen from proto/. With --check: fails where they are out of date.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = join(root, 'libs', 'protocol');
const committed = join(project, 'src', 'gen');
const check = process.argv.includes('--check');
const files = ['audio', 'image', 'text', 'cross_modal', 'models'].map((name) => `triptych/v1/${name}.proto`);
const options = [
  '--longs=Number',
  '--enums=Number',
  '--defaults',
  '--oneofs',
  '--arrays',
  '--grpcLib=@grpc/grpc-js',
];

const target = check ? mkdtempSync(join(tmpdir(), 'triptych-gen-')) : committed;
if (!check) rmSync(committed, { recursive: true, force: true });
const generator = join(root, 'node_modules', '.bin', 'proto-loader-gen-types');
run(generator, [
  ...options,
  `--outDir=${target}`,
  '--includeDirs=../../proto',
  '--importFileExtension=.js',
  ...files,
]);
if (check) {
  const { status } = spawnSync('diff', ['-r', committed, target], { stdio: 'inherit' });
  rmSync(target, { recursive: true });
  if (status !== 0) {
    process.stderr.write('libs/protocol/src/gen is out of date: run npm run proto:gen\n');
    process.exit(1);
  }
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}

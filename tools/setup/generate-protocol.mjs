// Makes from proto/ what is committed: the TypeScript types of libs/protocol/src/gen, and proto/descriptors.binpb, which reflection
// publishes. With --check: fails where they are out of date.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = join(root, 'libs', 'protocol');
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
const work = mkdtempSync(join(tmpdir(), 'triptych-gen-'));
try {
  const made = { types: join(work, 'types'), descriptors: join(work, 'descriptors.binpb') };
  makeTypes(made.types);
  makeDescriptors(made.descriptors);
  const kept = { types: join(project, 'src', 'gen'), descriptors: join(root, 'proto', 'descriptors.binpb') };
  if (check) {
    compare(kept.types, made.types);
    compare(kept.descriptors, made.descriptors);
  } else {
    rmSync(kept.types, { recursive: true, force: true });
    cpSync(made.types, kept.types, { recursive: true });
    cpSync(made.descriptors, kept.descriptors);
  }
} finally {
  rmSync(work, { recursive: true });
}

function makeTypes(target) {
  run('proto-loader-gen-types', [
    ...options,
    `--outDir=${target}`,
    '--includeDirs=../../proto',
    '--importFileExtension=.js',
    ...files,
  ]);
}

/** Of proto/ and of gRPC's standard services, from the packages that bring them. */
function makeDescriptors(target) {
  const sources = join(work, 'proto');
  for (const folder of ['google', 'triptych'])
    cpSync(join(root, 'proto', folder), join(sources, folder), { recursive: true });
  const require = createRequire(import.meta.url);
  const standard = {
    'grpc/health/v1/health.proto': ['grpc-health-check', 'proto/health/v1/health.proto'],
    'grpc/reflection/v1/reflection.proto': [
      '@grpc/reflection',
      'build/proto/grpc/reflection/v1/reflection.proto',
    ],
    'grpc/reflection/v1alpha/reflection.proto': [
      '@grpc/reflection',
      'build/proto/grpc/reflection/v1alpha/reflection.proto',
    ],
  };
  for (const [name, [from, path]] of Object.entries(standard)) {
    mkdirSync(dirname(join(sources, name)), { recursive: true });
    cpSync(join(packageFolder(require.resolve(from), from), path), join(sources, name));
  }
  run('buf', ['build', sources, '--output', target]);
}

function packageFolder(entry, name) {
  const mark = join('node_modules', name);
  return entry.slice(0, entry.lastIndexOf(mark) + mark.length);
}

function compare(kept, made) {
  const { status } = spawnSync('diff', ['-r', kept, made], { stdio: 'inherit' });
  if (status === 0) return;
  process.stderr.write(`${kept} is out of date: run npm run proto:gen\n`);
  process.exitCode = 1;
}

function run(program, args) {
  const { status } = spawnSync(join(root, 'node_modules', '.bin', program), args, {
    cwd: project,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
}

// Makes from proto/ what is committed: in libs/protocol/src/gen TypeScript types, the API as protobufjs has it, and the descriptors that
// reflection publishes; in libs/client/src/browser/gen the messages of the browser's client. The packages have all of it in their code, and
// read no file. With --check: fails where it is out of date.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = join(root, 'libs', 'protocol');
const check = process.argv.includes('--check');
const files = ['audio', 'image', 'text', 'cross_modal', 'captioner', 'transcriber', 'models'].map(
  (name) => `triptych/v1/${name}.proto`,
);
const inferenceFiles = ['inference/grpc_service.proto'];
const flightFiles = ['arrow/flight/protocol/flight.proto'];
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
  const made = join(work, 'gen');
  makeTypes(made);
  const ownFiles = [...files, 'google/rpc/status.proto', 'google/rpc/error_details.proto'];
  makeText(join(made, 'api.ts'), 'Files of proto/triptych, as JSON of protobufjs.', protoJson(ownFiles));
  makeText(
    join(made, 'inference-api.ts'),
    'Files of proto/inference, as JSON of protobufjs.',
    protoJson(inferenceFiles),
  );
  makeText(
    join(made, 'flight-api.ts'),
    'Files of proto/arrow, as JSON of protobufjs.',
    protoJson(flightFiles),
  );
  makeText(
    join(made, 'descriptors.ts'),
    'A FileDescriptorSet of proto/ and the standard services, in base64.',
    descriptors(),
  );
  const browser = join(work, 'browser');
  makeBrowserMessages(browser);
  keep(made, join(project, 'src', 'gen'));
  keep(browser, join(root, 'libs', 'client', 'src', 'browser', 'gen'));
  if (!check) makeOtherClients();
} finally {
  rmSync(work, { recursive: true });
}

/** What is made is what is kept from now on, or is compared with it. */
function keep(made, kept) {
  if (check) {
    compare(kept, made);
    return;
  }
  rmSync(kept, { recursive: true, force: true });
  cpSync(made, kept, { recursive: true });
}

/** Connect's own messages and services, in the modules of @bufbuild/protobuf. */
function makeBrowserMessages(target) {
  const plugin = {
    local: join(root, 'node_modules', '.bin', 'protoc-gen-es'),
    out: target,
    opt: ['target=ts', 'import_extension=js'],
  };
  const template = JSON.stringify({ version: 'v2', plugins: [plugin] });
  const paths = ['triptych', 'google/rpc/error_details.proto'].flatMap((path) => [
    '--path',
    join(root, 'proto', path),
  ]);
  run('buf', ['generate', root, '--template', template, ...paths]);
}

/** The messages of clients/, by protoc and its plugins, which are Debian's; CI's steps of the clients check them. */
function makeOtherClients() {
  const { status } = spawnSync('bash', [join(root, 'tools/setup/generate-clients.sh')], { stdio: 'inherit' });
  if (status !== 0)
    process.stderr.write(
      'clients/ stays as it was: it takes protoc 3.21, protoc-gen-go and protoc-gen-go-grpc\n',
    );
}

function makeTypes(target) {
  run('proto-loader-gen-types', [
    ...options,
    `--outDir=${target}`,
    '--includeDirs=../../proto',
    '--importFileExtension=.js',
    ...files,
    ...inferenceFiles,
    ...flightFiles,
  ]);
}

/** A module whose default export is a text. */
function makeText(path, comment, text) {
  writeFileSync(path, `/** ${comment} */\nexport default ${JSON.stringify(text)};\n`);
}

function protoJson(names) {
  const api = new protobuf.Root();
  api.resolvePath = (_origin, target) =>
    target.startsWith('google/protobuf/') ? target : join(root, 'proto', target);
  return JSON.stringify(api.loadSync(names).toJSON());
}

/** Of proto/ and of gRPC's standard services, from the packages that bring them. */
function descriptors() {
  const sources = join(work, 'proto');
  for (const folder of ['arrow', 'google', 'inference', 'triptych'])
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
  const target = join(work, 'descriptors.binpb');
  run('buf', ['build', sources, '--output', target]);
  return readFileSync(target).toString('base64');
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

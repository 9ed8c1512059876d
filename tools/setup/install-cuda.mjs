// Installs ONNX Runtime's CUDA part beside its npm package, which is too small a place for it: the two libraries of the same version that its
// Python package has, for CUDA 13 and cuDNN 9. What npm's own script brings instead is for CUDA 12; see docs/gpu.md.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const LIBRARIES = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];
const help = `Installs what ONNX Runtime needs for --device cuda: some 260 MB, from PyPI, for CUDA 13 and cuDNN 9.

  npm run install:cuda -- [--index https://pypi.org/simple] [--wheel FILE]

--index: of packages, as pip takes it.  --wheel: a file that was fetched before, for machines without a network.
`;

const { values } = parseArgs({
  options: {
    index: { type: 'string', default: 'https://pypi.org/simple' },
    wheel: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(help);
else
  await install().catch((thrown) => {
    process.stderr.write(`install:cuda: ${thrown instanceof Error ? thrown.message : thrown}\n`);
    process.exitCode = 1;
  });

async function install() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `ONNX Runtime for Node has no CUDA on ${process.platform}-${process.arch}; expected linux-x64`,
    );
  const main = createRequire(import.meta.url).resolve('onnxruntime-node');
  const required = createRequire(main);
  const { version } = JSON.parse(readFileSync(join(dirname(main), '..', 'package.json'), 'utf8'));
  const wheel = values.wheel ? readFileSync(values.wheel) : await download(version);
  const folder = join(dirname(main), '..', 'bin', 'napi-v6', 'linux', 'x64');
  // A library of ONNX Runtime's own npm package: its install script unpacks with it, too.
  const AdmZip = required('adm-zip');
  const zip = new AdmZip(wheel);
  mkdirSync(folder, { recursive: true });
  for (const name of LIBRARIES) {
    const entry = zip.getEntry(`onnxruntime/capi/${name}`);
    if (!entry) throw new Error(`the wheel has no ${name}; expected onnxruntime_gpu ${version}`);
    // Never half of a library under its name.
    writeFileSync(join(folder, `${name}.part`), entry.getData());
    renameSync(join(folder, `${name}.part`), join(folder, name));
  }
  process.stdout.write(`installed for ONNX Runtime ${version}; see: npx triptych devices cuda\n`);
}

/** The wheel of this version, by the index's digest of it. */
async function download(version) {
  const accept = { headers: { accept: 'application/vnd.pypi.simple.v1+json' } };
  const page = await answerOf(`${values.index.replace(/\/$/, '')}/onnxruntime-gpu/`, accept);
  const { files } = await page.json();
  const pattern = new RegExp(`^onnxruntime_gpu-${version.replaceAll('.', '\\.')}-.*manylinux.*x86_64\\.whl$`);
  const file = files.find(({ filename }) => pattern.test(filename));
  if (!file) throw new Error(`${values.index} has no onnxruntime-gpu ${version} for Linux x86_64`);
  const answer = await answerOf(new URL(file.url, page.url));
  const total = Number(answer.headers.get('content-length')) || undefined;
  const parts = [];
  let got = 0;
  let shown = 0;
  for await (const part of answer.body) {
    parts.push(part);
    got += part.length;
    if (got - shown >= 16e6) {
      shown = got;
      process.stderr.write(`${(got / 1e6).toFixed(0)}${total ? ` of ${(total / 1e6).toFixed(0)}` : ''} MB\n`);
    }
  }
  const wheel = Buffer.concat(parts);
  const digest = createHash('sha256').update(wheel).digest('hex');
  if (digest !== file.hashes.sha256)
    throw new Error(`${file.filename} came with another content than ${values.index} says; try again`);
  return wheel;
}

async function answerOf(url, options) {
  const answer = await fetch(url, options).catch((cause) => {
    throw new Error(
      `${url} cannot be reached (${cause.cause?.code ?? cause.message}); give --wheel FILE, or --index URL`,
    );
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer;
}

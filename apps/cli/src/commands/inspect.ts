import { messageOf } from '@triptych/core';
import { inspectModel, type ModelInspection, openModel } from '@triptych/model-families';
import { Command } from 'commander';
import { mebibytes } from '../output/numbers.js';
import { complain } from '../output/complain.js';

interface Options {
  readonly tensors?: boolean;
  readonly json?: boolean;
}

const help = `
PATH is a model directory, a HuggingFace checkpoint, or a .parquet or .safetensors file. Weights are read only for the
fingerprint of a model directory. The exit code is 1 where tensors are missing or of another shape than the
configuration asks for.

Examples:
  triptych inspect models/demo/clip
  triptych inspect ./openai-whisper-tiny --tensors
  triptych inspect weights.parquet --json`;

/** `triptych inspect` */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('what is in a model directory, a checkpoint or a weights file')
    .argument('<path>', 'directory or file')
    .option('--tensors', 'list every tensor')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', help)
    .action(async (path: string, { tensors, json }: Options) => {
      const inspection = await inspectModel(path);
      const { check } = inspection;
      const fingerprint = inspection.kind === 'model directory' ? await fingerprintOf(path) : undefined;
      if (json)
        process.stdout.write(
          `${JSON.stringify({ path, fingerprint, ...inspection, files: namesOf(inspection), decoder: undefined })}\n`,
        );
      else {
        process.stdout.write(summary(inspection, fingerprint));
        if (tensors) process.stdout.write(tensorTable(inspection));
      }
      if (check && check.missing.length + check.misshapen.length > 0) process.exitCode = 1;
    });
}

/** Undefined where the weights cannot be loaded whole, which is said. */
async function fingerprintOf(path: string): Promise<string | undefined> {
  try {
    const { directory } = await openModel(path);
    return (await directory.identify([await directory.load()])).fingerprint;
  } catch (thrown) {
    complain(`no fingerprint: ${messageOf(thrown)}`);
    process.exitCode = 1;
    return undefined;
  }
}

/** Of its text files. */
function namesOf({ files = {}, decoder }: ModelInspection): string[] {
  return Object.keys({ ...files, ...decoder?.files });
}

/** Undefined for a family whose models never do. */
function transcribes({ kind, speech }: ModelInspection): string | undefined {
  if (!speech?.transcribes) return speech && `no: ${speech.why}`;
  const { languages, layers, parameters, weights, bytes } = speech;
  const knows = languages.length > 0 ? `${languages.length} languages` : 'one language';
  const size = kind === 'model directory' ? ` in ${weights}, ${mebibytes(bytes)}` : '';
  return `yes, ${knows}: a decoder of ${layers} layers with ${parameters.toLocaleString('en')} parameters${size}`;
}

/** Undefined for a model that does not transcribe. */
function wordTimes({ speech }: ModelInspection): string | undefined {
  if (!speech?.transcribes) return undefined;
  const { alignmentHeads } = speech;
  return alignmentHeads > 0
    ? `yes: ${alignmentHeads} of its heads align`
    : 'no: generation_config.json has no alignment_heads';
}

function summary(inspection: ModelInspection, fingerprint: string | undefined): string {
  const { kind, name, architecture, weights, bytes, schema, preprocessor, tensors, check } = inspection;
  const parameters = tensors.reduce((sum, t) => sum + t.parameters, 0);
  const rows: [string, string | undefined][] = [
    ['kind', kind],
    ['name', name],
    ['architecture', architecture],
    ['weights', `${weights}${schema ? `, schema ${schema}` : ''}, ${mebibytes(bytes)}`],
    ['tensors', `${tensors.length} with ${parameters.toLocaleString('en')} parameters`],
    ['stored as', storedAs(inspection)],
    ['preprocessor', preprocessor ? 'preprocessor_config.json' : undefined],
    ['files', namesOf(inspection).join(', ') || undefined],
    ['transcribes', transcribes(inspection)],
    ['word times', wordTimes(inspection)],
    ['fingerprint', fingerprint],
    ['missing', check && (check.missing.join(', ') || 'nothing')],
    ['misshapen', check && (check.misshapen.join('; ') || 'nothing')],
    ['not used', check && (check.unused.join(', ') || 'nothing')],
  ];
  return rows.map(([key, value]) => (value === undefined ? '' : `${key.padEnd(14)}${value}\n`)).join('');
}

/** Share of the parameters by dtype. */
function storedAs({ tensors }: ModelInspection): string {
  const byType = new Map<string, number>();
  for (const { dtype, parameters } of tensors) byType.set(dtype, (byType.get(dtype) ?? 0) + parameters);
  const all = [...byType.values()].reduce((sum, n) => sum + n, 0);
  const sorted = [...byType].sort((a, b) => b[1] - a[1]);
  return sorted.map(([dtype, n]) => `${dtype} ${((100 * n) / all).toFixed(1)} %`).join(', ');
}

function tensorTable({ tensors }: ModelInspection): string {
  const rows = tensors.map(
    ({ name, shape, dtype }) => `  ${dtype.padEnd(10)}${`[${shape.join(', ')}]`.padEnd(22)}${name}\n`,
  );
  return `\n${rows.join('')}`;
}

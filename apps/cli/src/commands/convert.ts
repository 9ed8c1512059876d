import { Command, Option } from 'commander';
import { mebibytes } from '../output/numbers.js';
import { ByteProgress } from '../output/progress.js';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { QuantizeReport } from '@triptych/quantizer';
import { convertCheckpoint } from '@triptych/model-families';
import { checkAbsent, type ConvertReport, scratchOf, type WeightCompression } from '@triptych/weight-loader';
import { quantizationTable } from '../quantize/report.js';
import { removedOnInterrupt } from '../quantize/scratch.js';
import { version } from '../version.js';
import { quantize } from './quantize.js';

/** How weights can be stored. */
export const dtypes = ['float16', 'float32', 'int8'] as const;

export interface ConvertOptions {
  readonly dtype: (typeof dtypes)[number];
  readonly calibration?: string[];
  readonly compression: WeightCompression;
  readonly name?: string;
  readonly space?: string;
  readonly json?: boolean;
}

const help = `
SOURCE holds config.json and model.safetensors (or its shards and their index), as the hub has them. DIR gets
weights.parquet, metadata.json, and preprocessor_config.json and tokenizer files where there are any; it must not
exist, and appears only when all is written and was read back equal. --dtype int8 quantises what was converted, as
triptych quantize does. A Whisper with generation_config.json and tokenizer.json keeps its decoder, too, in
decoder.parquet, which is read only once the model is asked to transcribe.

Example:
  triptych convert ./openai-whisper-tiny ./whisper-tiny --dtype float16
  triptych convert ./openai-clip-vit-base-patch32 ./clip --compression zstd
  triptych convert ./openai-whisper-tiny ./whisper-tiny-int8 --dtype int8 --calibration recordings/`;

/** `triptych convert` */
export function convertCommand(): Command {
  return new Command('convert')
    .description('convert a HuggingFace checkpoint to a model directory')
    .argument('<source>', 'HuggingFace directory')
    .argument('<dir>', 'model directory to write')
    .addOption(new Option('--dtype <type>', 'how weights are stored').choices(dtypes).default('float16'))
    .addOption(
      new Option(
        '--compression <codec>',
        'of the weights file: none loads several times as fast, zstd is some 8 % smaller',
      )
        .choices(['zstd', 'none'])
        .default('none'),
    )
    .option('--calibration <path...>', 'int8: files and folders to calibrate with')
    .option('--name <name>', "the model's name (default: that of the source directory)")
    .option('--space <name>', 'vector space that its encoders share with other models')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', help)
    .action(async (source: string, target: string, options: ConvertOptions) => {
      const { report, quantization } = await convertModel(source, target, options);
      if (quantization && !quantization.written) process.exitCode = 1;
      if (options.json) process.stdout.write(`${JSON.stringify({ ...report, quantization })}\n`);
      else {
        process.stdout.write(table(report, target, quantization ? 'float32, then int8' : options.dtype));
        if (quantization) process.stdout.write(`\n${quantizationTable(quantization, target)}`);
      }
    });
}

/** Converts, with progress on standard error; what Ctrl-C interrupts leaves nothing. */
export function convertModel(source: string, target: string, options: ConvertOptions): Promise<Converted> {
  return removedOnInterrupt(target, () =>
    options.dtype === 'int8' ? convertToInt8(source, target, options) : convertTo(source, target, options),
  );
}

interface Converted {
  readonly report: ConvertReport;
  readonly quantization?: QuantizeReport;
}

async function convertTo(
  source: string,
  target: string,
  { dtype, compression, name, space }: ConvertOptions,
): Promise<Converted> {
  const bar = new ByteProgress('converting');
  const request = {
    source,
    target,
    dtype: dtype === 'int8' ? 'float32' : dtype,
    compression,
    modelName: name,
    space,
    converterVersion: version,
  } as const;
  const report = await convertCheckpoint(request, (progress) => bar.show(progress)).finally(() => bar.stop());
  return { report };
}

/** By way of a float32 model, which is gone when all is done. */
async function convertToInt8(source: string, target: string, options: ConvertOptions): Promise<Converted> {
  await checkAbsent(target);
  const scratch = scratchOf(target);
  const float = join(scratch, 'float32');
  try {
    await mkdir(scratch, { recursive: true });
    const { report } = await convertTo(source, float, {
      ...options,
      compression: 'none',
      name: options.name ?? basename(resolve(source)),
    });
    return { report, quantization: await quantize(float, target, { ...options, json: false }) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function table(report: ConvertReport, target: string, dtype: string): string {
  const {
    architecture,
    tensors,
    parameters,
    decoderParameters,
    leftOut,
    sourceBytes,
    targetBytes,
    elapsedMs,
  } = report;
  const rows = [
    ['architecture', architecture],
    ['tensors', `${tensors}, and ${leftOut.length} left out that the model does not need`],
    ['parameters', parameters.toLocaleString('en')],
    ...(decoderParameters > 0
      ? [['decoder', `${decoderParameters.toLocaleString('en')} parameters: the model transcribes`]]
      : []),
    ['stored as', dtype],
    [
      'size',
      `${mebibytes(sourceBytes)} → ${mebibytes(targetBytes)} (${(targetBytes / sourceBytes).toFixed(3)} ×)`,
    ],
    ['time', `${(elapsedMs / 1000).toFixed(1)} s, read back and compared`],
    ['written to', target],
  ];
  return rows.map(([key, value]) => `${key.padEnd(14)}${value}\n`).join('');
}

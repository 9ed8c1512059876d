import { Command, Option } from 'commander';
import { mebibytes } from '../output/numbers.js';
import { ByteBar } from '../output/progress-bar.js';
import { convert, type ConvertReport, type WeightCompression } from '@triptych/weight-loader';

interface Options {
  readonly dtype: 'float16' | 'float32';
  readonly compression: WeightCompression;
  readonly name?: string;
  readonly space?: string;
  readonly json?: boolean;
}

const help = `
SOURCE holds config.json and model.safetensors (or its shards and their index), as the hub has them. DIR gets
weights.parquet, metadata.json, and preprocessor_config.json and tokenizer files where there are any; it must not
exist, and appears only when all is written and was read back equal.

Example:
  triptych convert ./openai-whisper-tiny ./whisper-tiny --dtype float16
  triptych convert ./openai-clip-vit-base-patch32 ./clip --compression none`;

/** `triptych convert` */
export function convertCommand(): Command {
  return new Command('convert')
    .description('convert a HuggingFace checkpoint to a model directory')
    .argument('<source>', 'HuggingFace directory')
    .argument('<dir>', 'model directory to write')
    .addOption(
      new Option('--dtype <type>', 'how weights are stored')
        .choices(['float16', 'float32'])
        .default('float16'),
    )
    .addOption(
      new Option(
        '--compression <codec>',
        'of the weights file: none loads twice as fast, zstd is some 8 % smaller',
      )
        .choices(['zstd', 'none'])
        .default('zstd'),
    )
    .option('--name <name>', "the model's name (default: that of the source directory)")
    .option('--space <name>', 'vector space that its encoders share with other models')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', help)
    .action(async (source: string, target: string, { dtype, compression, name, space, json }: Options) => {
      const request = {
        source,
        target,
        dtype,
        compression,
        modelName: name,
        space,
        converterVersion: '0.1.0',
      };
      const bar = new ByteBar();
      const report = await convert(request, (progress) => bar.show(progress)).finally(() => bar.stop());
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : table(report, target, dtype));
    });
}

function table(report: ConvertReport, target: string, dtype: string): string {
  const { architecture, tensors, parameters, leftOut, sourceBytes, targetBytes, elapsedMs } = report;
  const rows = [
    ['architecture', architecture],
    ['tensors', `${tensors}, and ${leftOut.length} left out that the encoder does not need`],
    ['parameters', parameters.toLocaleString('en')],
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

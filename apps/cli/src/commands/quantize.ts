import { Command, Option } from 'commander';
import { quantizeModel, type QuantizeReport } from '@triptych/quantizer';
import type { WeightCompression } from '@triptych/weight-loader';
import { StepProgress } from '../output/progress.js';
import { calibrationInputs } from '../quantize/calibration.js';
import { copiedReference } from '../quantize/reference.js';
import { quantizationTable } from '../quantize/report.js';
import { removedOnInterrupt } from '../quantize/scratch.js';
import { version } from '../version.js';

interface Options {
  readonly calibration?: string[];
  readonly compression: WeightCompression;
  readonly name?: string;
  readonly json?: boolean;
}

const help = `
SOURCE is a float model directory. Its products become uint8 × int8: weights with a scale for each output channel, inputs
with a range that calibration finds, the same for every item, so that no item's vector depends on its batch. Outlier
channels are smoothed into the layer norm before them; what would come out too far from float stays in float. Then both
models run over the calibration inputs, and the report says how near they are, layer by layer, and how much faster.

Calibrate with a few dozen inputs like those that will be served: files or folders of audio, images and texts (.txt, a
text a line). For what you name none of, the samples in this repository serve.

Examples:
  triptych quantize ./whisper-tiny ./whisper-tiny-int8 --calibration recordings/
  triptych quantize ./clip ./clip-int8 --calibration photos/ captions.txt
  triptych quantize models/demo/clip ./demo-int8 --json`;

/** `triptych quantize` */
export function quantizeCommand(): Command {
  return new Command('quantize')
    .description('make an int8 model of a float one, and measure it against its original')
    .argument('<source>', 'model directory in float32 or float16')
    .argument('<dir>', 'model directory to write')
    .option('--calibration <path...>', 'files and folders to calibrate with')
    .addOption(
      new Option('--compression <codec>', 'of the weights file').choices(['zstd', 'none']).default('zstd'),
    )
    .option('--name <name>', "the model's name (default: the source's)")
    .option('--json', 'print the report as JSON')
    .addHelpText('after', help)
    .action(async (source: string, target: string, options: Options) => {
      const report = await quantize(source, target, options);
      process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : quantizationTable(report, target));
    });
}

/** Quantises a model directory, with progress on standard error. */
export async function quantize(
  source: string,
  target: string,
  { calibration = [], compression, name }: Options,
): Promise<QuantizeReport> {
  const inputs = await calibrationInputs(calibration);
  const request = {
    source,
    target,
    inputs,
    compression,
    modelName: name,
    files: await copiedReference(source),
    converterVersion: version,
  };
  const bar = new StepProgress('quantising');
  return removedOnInterrupt(target, () =>
    quantizeModel(request, (progress) => bar.show(progress)).finally(() => bar.stop()),
  );
}

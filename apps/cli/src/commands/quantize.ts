import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_MIN_COSINE, quantizeModel, type QuantizeReport } from '@triptych/quantizer';
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
  readonly minCosine?: number;
  readonly allowBelow?: boolean;
  readonly json?: boolean;
}

const help = `
SOURCE is a float model directory. Its products become uint8 × int8: weights with a scale for each output channel, inputs
with a range that calibration finds, the same for every item, so that no item's vector depends on its batch. Outlier
channels are smoothed into the layer norm before them. Of a Whisper's decoder the weights alone become int8. No vector of the calibration inputs may end up with a cosine to float
below --min-cosine: the worst products and tables stay in float until that holds; where it cannot, nothing is written, and
the command ends with 1. Then both models run over inputs that did not calibrate, and the report says how near they are, layer by
layer, how much faster, and what stayed in float.

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
      new Option('--compression <codec>', 'of the weights file').choices(['zstd', 'none']).default('none'),
    )
    .addOption(
      new Option('--min-cosine <cosine>', 'lowest cosine that a vector may have to its float original')
        .default(DEFAULT_MIN_COSINE)
        .argParser(cosine),
    )
    .option('--allow-below', 'write the model even where that does not hold')
    .option('--name <name>', "the model's name (default: the source's)")
    .option('--json', 'print the report as JSON')
    .addHelpText('after', help)
    .action(async (source: string, target: string, options: Options) => {
      const report = await quantize(source, target, options);
      process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : quantizationTable(report, target));
      if (!report.written) process.exitCode = 1;
    });
}

/** Quantises a model directory, with progress on standard error. */
export async function quantize(
  source: string,
  target: string,
  { calibration = [], compression, name, minCosine, allowBelow }: Options,
): Promise<QuantizeReport> {
  const inputs = await calibrationInputs(calibration);
  const request = {
    source,
    target,
    inputs,
    compression,
    modelName: name,
    minCosine,
    allowBelow,
    files: await copiedReference(source),
    converterVersion: version,
  };
  const bar = new StepProgress('quantising');
  return removedOnInterrupt(target, () =>
    quantizeModel(request, (progress) => bar.show(progress)).finally(() => bar.stop()),
  );
}

function cosine(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= -1 && value < 1) return value;
  throw new InvalidArgumentError('expected a number from -1 to 1, such as 0.99');
}

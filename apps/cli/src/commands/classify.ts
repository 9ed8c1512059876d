import type { TriptychClient } from '@triptych/client';
import { Command, InvalidArgumentError } from 'commander';
import { addConnectionOptions, connect, type ServerOptions } from '../encode/connection.js';
import { findMedia } from '../encode/media.js';
import { positiveInteger } from '../output/numbers.js';
import { FileProgress } from '../output/progress.js';
import { readQuery } from '../search/query.js';
import { addServerOptions } from '../server-options.js';

interface Options extends ServerOptions {
  readonly labels: string[];
  readonly template: string;
  readonly top: number;
  readonly json?: boolean;
}

const help = `
Zero-shot: no training, the labels are words. Each becomes a sentence by --template, whose {} it takes the place of.

Examples:
  triptych classify photos/ --labels "pizza,sailboat,volcano" --template "a picture of {}"
  triptych classify speech.wav --labels "pizza,sailboat" --json`;

/** Files of one call. */
const BATCH = 8;

/** `triptych classify` */
export function classifyCommand(): Command {
  const command = new Command('classify')
    .description('which of some labels fits an image or a recording best')
    .argument('<input...>', 'images, recordings, and folders of them')
    .requiredOption('--labels <labels>', 'labels, separated by commas', commaSeparated)
    .option('--template <template>', 'sentence that a label is put into', templateOf, 'a photo of a {}')
    .option('--top <n>', 'how many labels are shown of each', positiveInteger, 3)
    .option('--json', 'print a JSON line for each file')
    .addHelpText('after', help);
  return addServerOptions(addConnectionOptions(command), ['models', 'threads']).action(
    async (inputs: string[], options: Options) => {
      const paths = await findMedia(inputs, ['image', 'audio']);
      const connection = await connect(command, options);
      const bar = new FileProgress('classifying', paths.length);
      try {
        for (let at = 0; at < paths.length; at += BATCH)
          await classifyFiles(connection.client, paths.slice(at, at + BATCH), options, bar);
        if (bar.failures > 0) process.exitCode = 1;
      } finally {
        bar.stop();
        await connection.close();
      }
    },
  );
}

async function classifyFiles(
  client: TriptychClient,
  paths: readonly string[],
  { labels, template, top, json }: Options,
  bar: FileProgress,
): Promise<void> {
  const items = await Promise.all(paths.map(readQuery));
  const { classifications } = await client.classify({ items, labels, template });
  for (const { id, labels: ranked, error } of classifications) {
    if (error) {
      bar.failed(`${id}: ${error.message}`);
      continue;
    }
    const best = ranked.slice(0, top);
    const shown = best.map(({ label, probability }) => `${label} ${(100 * probability).toFixed(1)} %`);
    process.stdout.write(
      json ? `${JSON.stringify({ source: id, labels: best })}\n` : `${id}  ${shown.join(', ')}\n`,
    );
    bar.done();
  }
}

function commaSeparated(text: string): string[] {
  const labels = text
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '');
  if (labels.length > 0) return labels;
  throw new InvalidArgumentError('expected labels, separated by commas');
}

function templateOf(text: string): string {
  if (text.split('{}').length === 2) return text;
  throw new InvalidArgumentError('expected {} once, where the label goes, as in "a photo of a {}"');
}

import { type CaptionResponse__Output, FinishReason, type TriptychClient } from '@triptych/client';
import { Command } from 'commander';
import { addConnectionOptions, connect, type ServerOptions } from '../encode/connection.js';
import { type ImageFile, imageBatches } from '../encode/image-batches.js';
import { findMedia } from '../encode/media.js';
import { lineWriter } from '../output/json-lines.js';
import { positiveInteger } from '../output/numbers.js';
import { FileProgress } from '../output/progress.js';
import { demoCaptioner } from '../paths.js';
import { addServerOptions } from '../server-options.js';

interface Options extends ServerOptions {
  readonly prompt: string;
  readonly beams?: number;
  readonly maxTokens?: number;
  readonly json?: boolean;
}

const help = `
Takes a model that writes captions: a BLIP for generation. Where none is named it is the demo's, which knows emoji and little
else. An ellipsis stands where a caption was cut at --max-tokens.

Examples:
  triptych caption examples/images
  triptych caption photo.jpg --prompt "a photograph of"      what every caption begins with
  triptych caption photos/ --json > captions.jsonl
  triptych caption photos/ --model Salesforce/blip-image-captioning-base      of a hub, pulled the first time`;

/** `triptych caption` */
export function captionCommand(): Command {
  const command = new Command('caption')
    .description('write what images show')
    .argument('<input...>', 'images, and folders of them')
    .option('--prompt <text>', 'what every caption begins with', '')
    .option(
      '--beams <n>',
      'captions that are searched side by side for the likeliest, up to 8',
      positiveInteger,
    )
    .option(
      '--max-tokens <n>',
      'of a caption, its prompt among them (default 30, or the model’s most)',
      positiveInteger,
    )
    .option('--json', 'print a JSON line for each image')
    .addHelpText('after', help);
  return addServerOptions(addConnectionOptions(command), ['models', 'threads']).action(
    async (inputs: string[], options: Options) => {
      const paths = await findMedia(inputs, ['image']);
      const connection = await connect(command, options, [demoCaptioner]);
      const bar = new FileProgress('captioning', paths.length);
      try {
        for await (const files of imageBatches(paths, bar))
          await captionFiles(connection.client, files, options, bar);
        if (bar.failures > 0) process.exitCode = 1;
      } finally {
        bar.stop();
        await connection.close();
      }
    },
  );
}

async function captionFiles(
  client: TriptychClient,
  files: readonly ImageFile[],
  { prompt, beams, maxTokens, json }: Options,
  bar: FileProgress,
): Promise<void> {
  const images = files.map(({ path, data }) => ({ id: path, encoded: data }));
  const { captions } = await client.caption({ images, prompt, beams, maxTokens });
  const lines = lineWriter(process.stdout);
  for (const caption of captions) {
    if (caption.error) {
      bar.failed(`${caption.id}: ${caption.error.message}`);
      continue;
    }
    if (json) await lines.write(toJson(caption));
    else process.stdout.write(`${caption.id}  ${caption.text}${isCut(caption) ? ' …' : ''}\n`);
    bar.done();
  }
}

type Caption = CaptionResponse__Output['captions'][number];

const isCut = ({ finishReason }: Caption) => finishReason === FinishReason.FINISH_REASON_LENGTH;

function toJson(caption: Caption) {
  const { id, text, tokens, meanLogProbability } = caption;
  return {
    source: id,
    text,
    tokens,
    mean_log_probability: meanLogProbability,
    finish_reason: isCut(caption) ? 'length' : 'end',
  };
}

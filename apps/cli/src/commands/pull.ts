import { type HubSettings, hubSettings, parseHubModel, type PulledCheckpoint } from '@triptych/hub';
import { TriptychError } from '@triptych/core';
import { Command, Option } from 'commander';
import { provideModel, pull } from '../hub/provide-model.js';
import { dtypes } from './convert.js';

interface Options {
  readonly revision?: string;
  readonly endpoint?: string;
  readonly token?: string;
  readonly dtype: (typeof dtypes)[number];
  readonly calibration?: string[];
  readonly checkpointOnly?: boolean;
  readonly json?: boolean;
}

const help = `
MODEL is OWNER/NAME, or OWNER/NAME@REVISION, on a HuggingFace-compatible hub. Only what serving needs is downloaded, into the
cache that HuggingFace's own tools share (HF_HOME, HF_HUB_CACHE): every file is checked against the hash that the hub
announces, and what was cut goes on where it stopped. Then it is converted, to DIR or to a cache of its own
(TRIPTYCH_CACHE), from where triptych serve --model OWNER/NAME takes it, offline too (HF_HUB_OFFLINE=1).

Private and gated models need a token: HF_TOKEN, or what hf auth login has left. HF_ENDPOINT names another hub.

Examples:
  triptych pull openai/whisper-tiny
  triptych pull openai/clip-vit-base-patch32@3d74acf9a28c67741b2f4f2ea7635f0aaf6f0268 ./clip --dtype int8
  HF_ENDPOINT=https://hub.example.org triptych pull team/whisper-private --json
  triptych serve --model openai/whisper-tiny         pulls what is not there yet`;

/** `triptych pull` */
export function pullCommand(): Command {
  return new Command('pull')
    .description('bring a model from a hub and convert it')
    .argument('<model>', 'OWNER/NAME[@REVISION]')
    .argument('[dir]', 'model directory to write (default: one in the cache)')
    .option('--revision <revision>', 'branch, tag or commit (default: main)')
    .option('--endpoint <url>', 'the hub (HF_ENDPOINT, default https://huggingface.co)')
    .option('--token <token>', 'access token (HF_TOKEN); other users of this machine see flags')
    .addOption(new Option('--dtype <type>', 'how weights are stored').choices(dtypes).default('float16'))
    .option('--calibration <path...>', 'int8: files and folders to calibrate with')
    .option('--checkpoint-only', 'download and do not convert')
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', help)
    .action((text: string, target: string | undefined, options: Options) => run(text, target, options));
}

async function run(text: string, target: string | undefined, options: Options): Promise<void> {
  const { revision, endpoint, token, dtype, calibration, checkpointOnly, json } = options;
  const named = parseHubModel(revision === undefined ? text : `${text}@${revision}`);
  if (!named) {
    throw new TriptychError(
      'CONFIG_INVALID',
      `${text}: expected OWNER/NAME or OWNER/NAME@REVISION, as in openai/whisper-tiny`,
    );
  }
  if (endpoint !== undefined && !/^https?:\/\/./.test(endpoint))
    throw new TriptychError(
      'CONFIG_INVALID',
      `--endpoint ${endpoint}: expected http:// or https://, as in https://huggingface.co`,
    );
  const flags: Partial<HubSettings> = {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(token === undefined ? {} : { token }),
  };
  const settings = hubSettings(process.env, flags);
  const more = calibration === undefined ? {} : { calibration };
  const done: PulledCheckpoint & { readonly model?: string } = checkpointOnly
    ? await pull(named, settings)
    : await provideModel(named, { dtype, settings, target, ...more });
  if (json) process.stdout.write(`${JSON.stringify({ ...named, ...done })}\n`);
  else process.stdout.write(`${done.model ?? done.directory}\n`);
}

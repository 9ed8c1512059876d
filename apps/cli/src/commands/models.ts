import type { LoadModelRequest, Model__Output, TriptychClient } from '@triptych/client';
import { Command, Option } from 'commander';
import { reachServer, type ServerOptions } from '../encode/reach-server.js';
import { positiveInteger } from '../output/numbers.js';
import { modelsTable, stateOf } from '../output/models-table.js';

const help = `
Changing what a server serves has to be allowed where it is started: serve --model-control, with --model-root for what is
loaded by its path, and --hub-model for what is pulled. Where it asks for tokens, the token has to name the methods in full:
triptych token operator --methods /triptych.v1.Models/{List,Load,Unload,Reload}

Examples:
  triptych models list --all                                what is served, and what is known beside
  triptych models load clip@2 --path clip-v2                as another version, beside the one that is served
  triptych models load clip@2 --current                     from now on, clip stands for it
  triptych models load --hub openai/whisper-tiny            of a hub, by its own name
  triptych models reload clip                               what lies in its folder now
  triptych models unload clip@1 --wait                      until its last call has ended`;

const loadHelp = `
MODEL is NAME or NAME@VERSION; without a source a model that the server knows is loaded. What is served by the name goes on
until the new one serves, and where it cannot be loaded. Calls and streams under way end on what they began with.`;

interface Options extends Omit<ServerOptions, 'server'> {
  readonly server: string;
  readonly timeoutMs: number;
  readonly json?: boolean;
}

interface LoadOptions extends Options {
  readonly path?: string;
  readonly hub?: string;
  readonly onDemand?: boolean;
  readonly current?: boolean;
  readonly alias?: string[];
}

/** `triptych models` */
export function modelsCommand(): Command {
  const command = new Command('models')
    .description('list, load, unload and reload models of a running server')
    .addHelpText('after', help);
  command.addCommand(
    part('list', 'models, and the state that each is in')
      .option('--all', 'also those that no call finds')
      .action((options: Options & { readonly all?: boolean }) =>
        run(options, async (client) => client.listModels(options.all)),
      ),
  );
  command.addCommand(
    part('load', 'load a model, and serve it')
      .argument('[model]', 'NAME or NAME@VERSION (default: its own name)')
      .option('--path <path>', "of a model directory, below one of the server's model roots")
      .addOption(new Option('--hub <model>', 'OWNER/NAME[@REVISION] of a hub').conflicts('path'))
      .option('--on-demand', 'load it with the first call that asks for it')
      .option('--current', 'NAME alone stands for this version from then on')
      .option('--alias <name...>', 'names that stand for it from then on')
      .addHelpText('after', loadHelp)
      .action((model: string | undefined, options: LoadOptions) =>
        run(options, async (client) => [await client.loadModel(requestOf(model, options))]),
      ),
  );
  command.addCommand(
    part('unload', 'have no call find a model any more')
      .argument('<model>', 'its name, or an alias of it')
      .option('--wait', 'until calls and streams under way have ended')
      .action((model: string, options: Options & { readonly wait?: boolean }) =>
        run(options, async (client) => [await client.unloadModel({ model, wait: options.wait ?? false })]),
      ),
  );
  command.addCommand(
    part('reload', 'load a model anew from where it lies')
      .argument('<model>', 'its name, or an alias of it')
      .action((model: string, options: Options) =>
        run(options, async (client) => [await client.reloadModel(model)]),
      ),
  );
  return command;
}

function part(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--server <address>', 'the running server', '127.0.0.1:50051')
    .option('--tls-ca <file>', 'connect to it by TLS, trusting the authorities in this PEM file')
    .addOption(new Option('--token <token>', 'bearer token for it').env('TRIPTYCH_TOKEN'))
    .option('--timeout-ms <ms>', 'longest to wait; what is loading by then goes on', positiveInteger, 600_000)
    .option('--json', 'print a JSON line for each model')
    .exitOverride();
}

function requestOf(model = '', { path, hub, onDemand, current, alias }: LoadOptions): LoadModelRequest {
  return {
    model,
    ...(path === undefined ? {} : { path }),
    ...(hub === undefined ? {} : { hub }),
    onDemand: onDemand ?? false,
    current: current ?? false,
    aliases: alias ?? [],
  };
}

async function run(
  options: Options,
  work: (client: TriptychClient) => Promise<readonly Model__Output[]>,
): Promise<void> {
  const client = await reachServer(options.server, options);
  try {
    const models = await work(client);
    const text = options.json
      ? models.map((model) => `${JSON.stringify(jsonOf(model))}\n`).join('')
      : modelsTable(models);
    process.stdout.write(text);
  } finally {
    client.close();
  }
}

/** What a program wants to know of a model's life; Models.List has the rest. */
function jsonOf(model: Model__Output): object {
  const { name, version, aliases, fingerprint, architecture, device, precision } = model;
  const { parameters, captions, transcribes, memoryBytes, loads, failures } = model;
  const at = (time: Model__Output['lastUse']) =>
    time ? new Date(1000 * Number(time.seconds) + time.nanos / 1e6).toISOString() : null;
  return {
    name,
    version,
    aliases,
    state: stateOf(model),
    architecture,
    device,
    precision,
    parameters,
    captions,
    transcribes,
    fingerprint,
    memoryBytes,
    loads,
    failures,
    lastUse: at(model.lastUse),
    lastFailure: model.lastFailure && { ...model.lastFailure, at: at(model.lastFailure.at) },
  };
}

import { type Logger, TriptychError } from '@triptych/core';
import { Command, Option } from 'commander';
import {
  type ConfigReading,
  createLogger,
  preflight,
  printConfig,
  readConfigFile,
  type RunningServer,
  type ServerConfig,
  startServer,
  throwProblems,
  throwReported,
  unknownVariables,
} from '@triptych/server';
import { pullInProcess } from '../hub/pull-in-process.js';
import { type PlannedModel, planModels } from '../hub/plan-models.js';
import { complain } from '../output/complain.js';
import { listenForStop, orStop, type StopRequests } from '../process/stop-requests.js';
import { addStrayFlags, strayFlagProblems } from '../serve-flags.js';
import { addServerOptions, modelsOf, provideModels, readServerConfig } from '../server-options.js';

const help = `
Examples:
  triptych serve                                     the demo model on 127.0.0.1:50051
  triptych serve --model tiny=./whisper-tiny         one model under another name
  triptych serve --model openai/whisper-tiny         of a hub: pulled and converted the first time
  triptych serve --model ./clip-vit-base-patch32     a HuggingFace checkpoint: converted the first time
  TRIPTYCH_LISTEN=0.0.0.0:9000 triptych serve        flags come before the environment, that before a file
  triptych serve --print-config > triptych.yaml      all settings as a file, with where each comes from
  triptych serve --config triptych.yaml              settings from a file

Prints one line on standard output once it is serving. SIGTERM and Ctrl-C drain: new calls are refused, calls
in flight get --drain-ms to finish. A second signal ends it at once.`;

interface Options {
  readonly config?: string;
  readonly printConfig?: true;
}

/** `triptych serve`. `stop`: what asks it to stop; default: what does so once it begins. */
export function serveCommand(stop?: StopRequests): Command {
  const command = new Command('serve')
    .description('serve models over gRPC')
    .addOption(
      new Option(
        '--config <file>',
        'YAML or JSON file with settings, by their flags without dashes (TRIPTYCH_CONFIG)',
      ),
    )
    .option('--print-config', 'print the configuration, with where each value comes from, and end')
    .addHelpText('after', help);
  return addStrayFlags(addServerOptions(command)).action(async (options: Options) => {
    const reading = read(command, options);
    const warnings = unknownVariables(process.env);
    if (options.printConfig) {
      throwProblems(reading.problems);
      warnings.forEach(complain);
      process.stdout.write(printConfig(reading));
      return;
    }
    await serve(reading, warnings, stop ?? listenForStop());
  });
}

function read(command: Command, options: Options): ConfigReading {
  const path = options.config ?? process.env['TRIPTYCH_CONFIG'];
  const reading = readServerConfig(command, {}, path ? readConfigFile(path) : undefined);
  return { ...reading, problems: [...strayFlagProblems(command), ...reading.problems] };
}

/** Serves until it is asked to stop. */
async function serve(reading: ConfigReading, warnings: readonly string[], stop: StopRequests): Promise<void> {
  const models = await orStop(checked(reading), stop.first);
  const logger = createLogger(reading.config.logLevel);
  for (const warning of warnings) logger.warn({}, warning);
  const server = await orStop(start(reading.config, models, logger), stop.first);
  const http = server.httpAddress === undefined ? '' : `HTTP on ${server.httpAddress}\n`;
  process.stdout.write(`listening on ${server.address}\n${http}`);
  const { endedStarter } = await stop.first;
  if (endedStarter !== undefined)
    logger.warn({}, `${endedStarter} that started this server has ended: draining; setsid would keep it`);
  await orStop(server.drain(), stop.second);
}

/** The models to serve, where nothing is wrong that can be found before they are loaded. Throws all of it at once. */
async function checked({ config, origins, invalid, problems }: ConfigReading): Promise<PlannedModel[]> {
  const models = await planModels(modelsOf(config));
  const found = await preflight(config, { origins, invalid, models });
  const wrong = problems.map((problem) => new TriptychError('CONFIG_INVALID', problem));
  throwReported([...wrong, ...found.problems]);
  return models;
}

async function start(
  config: ServerConfig,
  models: readonly PlannedModel[],
  logger: Logger,
): Promise<RunningServer> {
  const served = { ...config, models: await provideModels(models) };
  return startServer(served, logger, { provide: pullInProcess });
}

import { Command, Option } from 'commander';
import type { Logger } from '@triptych/core';
import {
  type ConfigReading,
  createLogger,
  printConfig,
  readConfigFile,
  type RunningServer,
  type ServerConfig,
  startServer,
  throwProblems,
  unknownVariables,
} from '@triptych/server';
import { resolveModels } from '../hub/resolve-models.js';
import { complain } from '../output/progress-bar.js';
import { demoModels } from '../paths.js';
import { listenForStop, orStop } from '../process/stop-requests.js';
import { addStrayFlags, strayFlagProblems } from '../serve-flags.js';
import { addServerOptions, readServerConfig } from '../server-options.js';

const help = `
Examples:
  triptych serve                                     the demo model on 127.0.0.1:50051
  triptych serve --model tiny=./whisper-tiny         one model under another name
  triptych serve --model openai/whisper-tiny         of a hub: pulled and converted the first time
  TRIPTYCH_LISTEN=0.0.0.0:9000 triptych serve        flags come before the environment, that before a file
  triptych serve --print-config > triptych.yaml      all settings as a file, with where each comes from
  triptych serve --config triptych.yaml              settings from a file

Prints one line on standard output once it is serving. SIGTERM and Ctrl-C drain: new calls are refused, calls
in flight get --drain-ms to finish. A second signal ends it at once.`;

interface Options {
  readonly config?: string;
  readonly printConfig?: true;
}

/** `triptych serve` */
export function serveCommand(): Command {
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
    await serve(reading, warnings);
  });
}

function read(command: Command, options: Options): ConfigReading {
  const path = options.config ?? process.env['TRIPTYCH_CONFIG'];
  const reading = readServerConfig(command, {}, path ? readConfigFile(path) : undefined);
  return { ...reading, problems: [...strayFlagProblems(command), ...reading.problems] };
}

/** Serves until it is asked to stop. */
async function serve({ config, problems }: ConfigReading, warnings: readonly string[]): Promise<void> {
  throwProblems(problems);
  const stop = listenForStop();
  const logger = createLogger(config.logLevel);
  for (const warning of warnings) logger.warn({}, warning);
  const server = await orStop(start(config, logger), stop.first);
  process.stdout.write(`listening on ${server.address}\n`);
  const { endedStarter } = await stop.first;
  if (endedStarter !== undefined)
    logger.warn({}, `${endedStarter} that started this server has ended: draining; setsid would keep it`);
  await orStop(server.drain(), stop.second);
}

async function start(config: ServerConfig, logger: Logger): Promise<RunningServer> {
  const models = config.models.length > 0 ? await resolveModels(config.models) : demoModels;
  return startServer({ ...config, models }, logger);
}

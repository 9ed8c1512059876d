import { checkPresent } from '@triptych/inference-core/missing-device';
import { Command, Option } from 'commander';
import {
  type ConfigReading,
  printConfig,
  readConfigFile,
  throwProblems,
  unknownVariables,
} from '@triptych/server/config';
import { complain } from '../output/complain.js';
import { listenForStop, orStop, type StopRequests } from '../process/stop-requests.js';
import { addStrayFlags, strayFlagProblems } from '../serve-flags.js';
import { addServerOptions, readServerConfig } from '../server-options.js';

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
    // What can be told at once is, before all that serves is loaded.
    if (reading.problems.length === 0) checkPresent(reading.config.device);
    const requests = stop ?? listenForStop();
    const { runServer } = await orStop(import('../serve/run-server.js'), requests.first);
    await runServer(reading, warnings, requests);
  });
}

function read(command: Command, options: Options): ConfigReading {
  const path = options.config ?? process.env['TRIPTYCH_CONFIG'];
  const reading = readServerConfig(command, {}, path ? readConfigFile(path) : undefined);
  return { ...reading, problems: [...strayFlagProblems(command), ...reading.problems] };
}

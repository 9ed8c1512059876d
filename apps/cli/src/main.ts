import { Command, CommanderError } from 'commander';
import { TriptychError } from '@triptych/core';
import { explain } from './errors/explain.js';
import { endProcess, unlessEnding } from './process/end-process.js';
import type { StopRequests } from './process/stop-requests.js';
import { version } from './version.js';

/** In the order of the help. Each is loaded when it is asked for: what one command needs, others do not wait for. */
const commands: Readonly<Record<string, (stop?: StopRequests) => Promise<Command>>> = {
  serve: async (stop) => (await import('./commands/serve.js')).serveCommand(stop),
  demo: async () => (await import('./commands/demo.js')).demoCommand(),
  encode: async () => (await import('./commands/encode.js')).encodeCommand(),
  search: async () => (await import('./commands/search.js')).searchCommand(),
  classify: async () => (await import('./commands/classify.js')).classifyCommand(),
  caption: async () => (await import('./commands/caption.js')).captionCommand(),
  transcribe: async () => (await import('./commands/transcribe.js')).transcribeCommand(),
  pull: async () => (await import('./commands/pull.js')).pullCommand(),
  convert: async () => (await import('./commands/convert.js')).convertCommand(),
  quantize: async () => (await import('./commands/quantize.js')).quantizeCommand(),
  inspect: async () => (await import('./commands/inspect.js')).inspectCommand(),
  validate: async () => (await import('./commands/validate.js')).validateCommand(),
  models: async () => (await import('./commands/models.js')).modelsCommand(),
  devices: async () => (await import('./commands/devices.js')).devicesCommand(),
  token: async () => (await import('./commands/token.js')).tokenCommand(),
};

/** As a shell has it for what SIGPIPE ended. */
const PIPE_CLOSED = 141;

/**
 * Runs the command line and returns the exit code: 0, or 1 with one message on standard error; 130 where it was stopped.
 * `stop`: what asks a server to stop, where the caller listens for it already.
 */
export async function main(argv: readonly string[], stop?: StopRequests): Promise<number> {
  endWithReader();
  const program = new Command('triptych')
    .description(
      'Audio, images and text in, float32 embeddings out: a gRPC streaming inference server and its tools.',
    )
    .version(version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  const asked = argv[2] ?? '';
  const names = Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands);
  try {
    for (const name of names) program.addCommand((await commands[name](stop)).exitOverride());
    await program.parseAsync(argv);
    await unlessEnding();
    return Number(process.exitCode ?? 0);
  } catch (thrown) {
    await unlessEnding();
    if (thrown instanceof CommanderError) return thrown.exitCode;
    const { message, stack } = explain(thrown);
    process.stderr.write(`triptych: ${message}\n${stack === undefined ? '' : `${stack}\n`}`);
    // As a shell has it for what Ctrl-C ended.
    if (process.exitCode === 130) return 130;
    return thrown instanceof TriptychError && thrown.reason === 'CANCELLED' ? 130 : 1;
  }
}

/** Whoever reads the output may have read enough, as `head` does: the rest is not an error. */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    void endProcess(PIPE_CLOSED);
  });
}

import { Command, CommanderError } from 'commander';
import { messageOf, TriptychError } from '@triptych/core';
import { classifyCommand } from './commands/classify.js';
import { convertCommand } from './commands/convert.js';
import { demoCommand } from './commands/demo.js';
import { encodeCommand } from './commands/encode.js';
import { inspectCommand } from './commands/inspect.js';
import { pullCommand } from './commands/pull.js';
import { quantizeCommand } from './commands/quantize.js';
import { searchCommand } from './commands/search.js';
import { serveCommand } from './commands/serve.js';
import { tokenCommand } from './commands/token.js';
import { validateCommand } from './commands/validate.js';
import { version } from './version.js';

/** Runs the command line and returns the exit code: 0, or 1 with one message on standard error; 130 where it was stopped. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('triptych')
    .description(
      'Audio, images and text in, float32 embeddings out: a gRPC streaming inference server and its tools.',
    )
    .version(version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  const commands = [
    serveCommand(),
    demoCommand(),
    encodeCommand(),
    searchCommand(),
    classifyCommand(),
    pullCommand(),
    convertCommand(),
    quantizeCommand(),
    inspectCommand(),
    validateCommand(),
    tokenCommand(),
  ];
  for (const command of commands) program.addCommand(command.exitOverride());
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode;
    process.stderr.write(`triptych: ${messageOf(thrown)}\n`);
    if (!(thrown instanceof TriptychError) || thrown.code === 'internal') {
      process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? '') : ''}\n`);
    }
    // As a shell has it for what Ctrl-C ended.
    return thrown instanceof TriptychError && thrown.reason === 'CANCELLED' ? 130 : 1;
  }
}

import { Command } from 'commander';
import { createLogger, startServer } from '@triptych/server';
import { addServerOptions, serverConfig } from '../server-options.js';

const help = `
Examples:
  triptych serve                                     the demo model on 127.0.0.1:50051
  triptych serve --model tiny=./whisper-tiny         one model under another name
  triptych serve --model openai/whisper-tiny         of a hub: pulled and converted the first time
  TRIPTYCH_LISTEN=0.0.0.0:9000 triptych serve        flags come before the environment

Prints one line on standard output once it is serving. SIGTERM and Ctrl-C drain: new calls are refused, calls
in flight get --drain-ms to finish. A second signal ends it at once.`;

/** `triptych serve` */
export function serveCommand(): Command {
  const command = new Command('serve').description('serve models over gRPC').addHelpText('after', help);
  return addServerOptions(command).action(async () => {
    const config = await serverConfig(command);
    const server = await startServer(config, createLogger(config.logLevel));
    // Whoever reads that line may end the server at once.
    const stopped = stopSignal();
    process.stdout.write(`listening on ${server.address}\n`);
    await stopped;
    const impatient = stopSignal().then(() => process.exit(130));
    await Promise.race([server.drain(), impatient]);
    // Whoever still listens on it must not keep the process.
    process.channel?.unref();
  });
}

/** Resolves with the first SIGINT or SIGTERM from now on, or when the process that started this one has gone. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const event of stopEvents) process.off(event, stop);
      resolve();
    };
    for (const event of stopEvents) process.on(event, stop);
  });
}

const stopEvents = ['SIGINT', 'SIGTERM', 'disconnect'] as const;

import { type Command, Option } from 'commander';
import type { Connection } from './connected.js';
import type { ServerOptions } from './reach-server.js';

export type { ServerOptions } from './reach-server.js';

/** Adds the flags of {@link ServerOptions}. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option('--server <address>', 'use this running server; otherwise one is started for the occasion')
    .option('--tls-ca <file>', 'connect to it by TLS, trusting the authorities in this PEM file')
    .addOption(new Option('--token <token>', 'bearer token for it').env('TRIPTYCH_TOKEN'));
}

/**
 * Connects to a running server, or starts one in this process for as long as it is needed. Either is loaded when it is
 * asked for: a server is most of what this program takes to start. `defaultModels`: its models where none is named; by default the demo's.
 */
export async function connect(
  command: Command,
  options: ServerOptions,
  defaultModels?: readonly string[],
): Promise<Connection> {
  if (options.server !== undefined) {
    const { reachServer } = await import('./reach-server.js');
    const client = await reachServer(options.server, options);
    return { client, close: () => Promise.resolve(client.close()) };
  }
  const { startOwnServer } = await import('./own-server.js');
  return startOwnServer(command, defaultModels);
}

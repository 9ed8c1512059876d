import { readFile } from 'node:fs/promises';
import { credentials, TriptychClient } from '@triptych/client';
import { createLogger, startServer } from '@triptych/server';
import { type Command, Option } from 'commander';
import { serverConfig } from '../server-options.js';

export interface Connection {
  readonly client: TriptychClient;
  close(): Promise<void>;
}

/** A running server to connect to. */
export interface ServerOptions {
  readonly server?: string;
  /** Certificate authorities in PEM: the connection is secured. */
  readonly tlsCa?: string;
  readonly token?: string;
}

/** Adds the flags of {@link ServerOptions}. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option('--server <address>', 'use this running server; otherwise one is started for the occasion')
    .option('--tls-ca <file>', 'connect to it by TLS, trusting the authorities in this PEM file')
    .addOption(new Option('--token <token>', 'bearer token for it').env('TRIPTYCH_TOKEN'));
}

/** Connects to a running server, or starts one in this process for as long as it is needed. */
export async function connect(command: Command, options: ServerOptions): Promise<Connection> {
  const { server: address, tlsCa, token } = options;
  if (address !== undefined) {
    const client = new TriptychClient(address, {
      ...(tlsCa === undefined ? {} : { credentials: credentials.createSsl(await readFile(tlsCa)) }),
      ...(token === undefined ? {} : { token }),
    });
    return { client, close: () => Promise.resolve(client.close()) };
  }
  const config = await serverConfig(command, { listen: '127.0.0.1:0', logLevel: 'error', drainMs: 0 });
  const server = await startServer(config, createLogger(config.logLevel));
  const client = new TriptychClient(server.address);
  return {
    client,
    close: async () => {
      client.close();
      await server.drain();
    },
  };
}

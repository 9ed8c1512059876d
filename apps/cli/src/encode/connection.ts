import { TriptychClient } from '@triptych/client';
import { createLogger, startServer } from '@triptych/server';
import type { Command } from 'commander';
import { serverConfig } from '../server-options.js';

export interface Connection {
  readonly client: TriptychClient;
  close(): Promise<void>;
}

/** Connects to a running server, or starts one in this process for as long as it is needed. */
export async function connect(command: Command, address: string | undefined): Promise<Connection> {
  if (address !== undefined) {
    const client = new TriptychClient(address);
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

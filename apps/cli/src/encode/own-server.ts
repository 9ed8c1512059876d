import { TriptychClient } from '@triptych/client';
import { createLogger, startServer } from '@triptych/server';
import type { Command } from 'commander';
import { whileWaiting } from '../output/progress.js';
import { serverConfig } from '../server-options.js';
import type { Connection } from './connected.js';

/** Starts a server in this process, of `defaultModels` where none is named, and connects to it. */
export async function startOwnServer(
  command: Command,
  defaultModels?: readonly string[],
): Promise<Connection> {
  const own = { listen: '127.0.0.1:0', logLevel: 'error', drainMs: 0 };
  const config = await serverConfig(command, own, defaultModels);
  const starting = startServer(config, createLogger(config.logLevel));
  const server = await whileWaiting('loading models', starting);
  const client = new TriptychClient(server.address);
  return {
    client,
    close: async () => {
      client.close();
      await server.drain();
    },
  };
}

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TriptychClient } from '@triptych/client';
import { createLogger, readConfig, startServer } from '@triptych/server';

/** The folder of the demo models. */
export const models = new URL('../../../models/demo/', import.meta.url);

/** Serves models of a folder, the demo's by default, while `work` runs. */
export async function withServer<T>(
  folder: string | undefined,
  work: (client: TriptychClient) => Promise<T>,
  names: readonly string[] = ['whisper', 'clip'],
): Promise<T> {
  const paths = names.map((name) => join(folder ?? fileURLToPath(models), name));
  const config = readConfig({ models: paths, listen: '127.0.0.1:0', logLevel: 'error' }, {});
  const server = await startServer(config, createLogger(config.logLevel));
  const client = new TriptychClient(server.address);
  try {
    return await work(client);
  } finally {
    client.close();
    await server.drain();
  }
}

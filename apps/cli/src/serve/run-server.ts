import { type Logger, TriptychError } from '@triptych/core';
import {
  createLogger,
  preflight,
  type RunningServer,
  type ServerConfig,
  startServer,
  throwReported,
} from '@triptych/server';
import type { ConfigReading } from '@triptych/server/config';
import { pullInProcess } from '../hub/pull-in-process.js';
import { type PlannedModel, planModels } from '../hub/plan-models.js';
import { orStop, type StopRequests } from '../process/stop-requests.js';
import { modelsOf, provideModels } from '../server-options.js';

/** Serves until it is asked to stop. Throws all at once that is wrong and can be found before models are loaded. */
export async function runServer(
  reading: ConfigReading,
  warnings: readonly string[],
  stop: StopRequests,
): Promise<void> {
  const models = await orStop(checked(reading), stop.first);
  const logger = createLogger(reading.config.logLevel);
  for (const warning of warnings) logger.warn({}, warning);
  const server = await orStop(start(reading.config, models, logger), stop.first);
  const http = server.httpAddress === undefined ? '' : `HTTP on ${server.httpAddress}\n`;
  process.stdout.write(`listening on ${server.address}\n${http}`);
  const { endedStarter } = await stop.first;
  if (endedStarter !== undefined)
    logger.warn({}, `${endedStarter} that started this server has ended: draining; setsid would keep it`);
  await orStop(server.drain(), stop.second);
}

/** The models to serve, where nothing is wrong that can be found before they are loaded. */
async function checked({ config, origins, invalid, problems }: ConfigReading): Promise<PlannedModel[]> {
  const models = await planModels(modelsOf(config));
  const found = await preflight(config, { origins, invalid, models });
  const wrong = problems.map((problem) => new TriptychError('CONFIG_INVALID', problem));
  throwReported([...wrong, ...found.problems]);
  return models;
}

async function start(
  config: ServerConfig,
  models: readonly PlannedModel[],
  logger: Logger,
): Promise<RunningServer> {
  const served = { ...config, models: await provideModels(models) };
  return startServer(served, logger, { provide: pullInProcess });
}

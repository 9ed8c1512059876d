import { availableParallelism } from 'node:os';
import { collectWhenIdle, type Logger, TriptychError } from '@triptych/core';
import { Engine, ModelRegistry, selfCheck } from '@triptych/engine';
import { families as builtIn, type ModelFamily } from '@triptych/model-families';
import { parseModelSource } from './config/paths.js';
import type { ServerConfig } from './config/settings.js';
import { bind, createGrpcServer } from './grpc/grpc-server.js';
import { shutDown } from './grpc/shut-down.js';
import { loadModel, type Observers } from './models/load-model.js';
import { SharedWorkers } from './models/shared-workers.js';
import { Metrics } from './observability/metrics.js';
import { serveProbes } from './observability/probes/serve-probes.js';
import { Tracing } from './observability/tracing.js';
import { TokenFile } from './security/token-file.js';
import { preflight, throwReported } from './preflight/preflight.js';
import { boundThreads } from './process-settings.js';
import { transportSecurity } from './security/transport.js';

/** A server that accepts calls. */
export interface RunningServer {
  /** Where it listens: HOST:PORT with the port that was bound, or unix:PATH. */
  readonly address: string;
  /** Where probes and metrics are; undefined where they are not wanted. */
  readonly metricsAddress: string | undefined;
  readonly models: ModelRegistry;
  /** Not serving at once; calls in flight get `drainMs` to finish, then end as UNAVAILABLE. */
  drain(): Promise<void>;
}

/**
 * Loads the models, wires everything, and listens. `families`: those that models may be of. Throws bad-weights or bad-config
 * errors; nothing then remains.
 */
export async function startServer(
  config: ServerConfig,
  logger: Logger,
  families: readonly ModelFamily[] = builtIn,
): Promise<RunningServer> {
  const closers: (() => Promise<unknown>)[] = [];
  boundThreads();
  try {
    return await start(config, logger, families, closers);
  } catch (thrown) {
    // Last first: models still loading may yet start workers that they share.
    for (const close of closers.reverse()) await close();
    throw thrown;
  }
}

async function start(
  config: ServerConfig,
  logger: Logger,
  families: readonly ModelFamily[],
  closers: (() => Promise<unknown>)[],
): Promise<RunningServer> {
  if (config.models.length === 0)
    throw new TriptychError('CONFIG_INVALID', 'no model to serve; name one with --model DIR');
  const { problems, warnings } = await preflight(config);
  throwReported(problems);
  for (const warning of warnings) logger.warn({}, warning);
  const stopCollecting = collectWhenIdle();
  closers.push(() => Promise.resolve(stopCollecting()));
  const metrics = new Metrics();
  // First: probes are answered while models load.
  const probes = config.metricsListen ? await serveProbes(config.metricsListen, metrics, logger) : undefined;
  closers.push(async () => probes?.close());
  const workers = new SharedWorkers(config, logger);
  closers.push(() => workers.close());
  const models = await loadModels(config, workers, { logger, metrics }, families, closers);
  const tracing = new Tracing(config, logger);
  closers.push(() => tracing.close());
  const tokens = config.tokens ? new TokenFile(config.tokens, logger) : undefined;
  closers.push(() => Promise.resolve(tokens?.close()));
  const engine = new Engine(models, engineLimits(config), metrics);
  const grpc = createGrpcServer(engine, config, { logger, metrics, tracing }, tokens);
  const security = transportSecurity(config, logger);
  const address = await bind(grpc.server, config.listen, security.credentials);
  await security.loaded();
  const tellProbes = () => probes?.setReady(grpc.health.serving);
  grpc.health.onChange(tellProbes);
  tellProbes();
  const metricsAddress = probes?.address;
  logger.info({ address, metricsAddress, models: models.models.map((m) => m.name) }, 'serving');
  return {
    address,
    metricsAddress,
    models,
    drain: async () => {
      logger.info({ graceMs: config.drainMs }, 'draining');
      grpc.health.drain();
      await shutDown(grpc, config.drainMs);
      grpc.idle.close();
      tokens?.close();
      stopCollecting();
      await Promise.all([models.close(), workers.close(), probes?.close(), tracing.close()]);
      logger.info({}, 'stopped');
    },
  };
}

function engineLimits(config: ServerConfig): Engine['limits'] {
  const { queueItems, queueAllItems, queueBytes } = config;
  return { ...config, admission: { items: queueItems, allItems: queueAllItems, bytes: queueBytes } };
}

/** All models side by side, checked where that is wanted. */
async function loadModels(
  config: ServerConfig,
  workers: SharedWorkers,
  observers: Observers,
  families: readonly ModelFamily[],
  closers: (() => Promise<unknown>)[],
): Promise<ModelRegistry> {
  const threads = config.threads || availableParallelism();
  const loads = config.models.map((text) =>
    loadModel(parseModelSource(text), { ...config, threads }, workers, observers, families),
  );
  closers.push(async () => {
    for (const load of await Promise.allSettled(loads)) {
      if (load.status === 'fulfilled') await new ModelRegistry([load.value]).close();
    }
  });
  const models = new ModelRegistry(await Promise.all(loads));
  if (config.selfCheck)
    for (const model of models.models)
      await selfCheck(model, config.maxPixels, { logger: observers.logger, observer: observers.metrics });
  observers.metrics.follow(models.models);
  return models;
}

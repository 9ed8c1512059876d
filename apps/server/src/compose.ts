import { collectWhenIdle, type Logger, setThreadSettings, TriptychError, workerEntry } from '@triptych/core';
import {
  createEngine,
  engineDefaults,
  type EngineSettings,
  type ModelRegistry,
  type ModelSource,
} from '@triptych/engine';
import type { ModelFamily } from '@triptych/model-families';
import { createGate } from './calls/gate.js';
import { shutDown } from './calls/shut-down.js';
import { parseModelSource } from './config/paths.js';
import type { ServerConfig } from './config/settings.js';
import { bind, createGrpcServer } from './grpc/grpc-server.js';
import type { HttpServer } from './http/http-server.js';
import type { HttpOptions } from './http/options.js';
import { bringListed } from './models/bring-listed.js';
import { ModelsFile } from './models/follow-models-file.js';
import { ModelControl } from './models/model-control.js';
import { ModelSources, type ProvideHubModel } from './models/model-sources.js';
import { readModelsFile } from './models/models-file.js';
import { returnFreeMemory } from './memory/return-free-memory.js';
import { Metrics } from './observability/metrics.js';
import { serveProbes } from './observability/probes/serve-probes.js';
import { ExecutionStatistics } from './oip/statistics/execution-statistics.js';
import { Tracing } from './observability/tracing.js';
import { TokenFile } from './security/token-file.js';
import { preflight, throwReported } from './preflight/preflight.js';
import { boundThreads } from './bound-threads.js';
import { transportSecurity } from './security/transport.js';

/** A server that accepts calls. */
export interface RunningServer {
  /** Where it listens: HOST:PORT with the port that was bound, or unix:PATH. */
  readonly address: string;
  /** Where probes and metrics are; undefined where they are not wanted. */
  readonly metricsAddress: string | undefined;
  /** Where HTTP is served; undefined where it is not wanted. */
  readonly httpAddress: string | undefined;
  readonly models: ModelRegistry;
  /** Not serving at once; calls in flight get `drainMs` to finish, then end as UNAVAILABLE. */
  drain(): Promise<void>;
}

/** What a server has of those who start it. */
export interface ServerParts {
  /** Those that models may be of. Default: all that Triptych has. */
  readonly families?: readonly ModelFamily[] | undefined;
  /** Brings models of a hub. Default: none can be had. */
  readonly provide?: ProvideHubModel | undefined;
}

/**
 * Loads the models, wires everything, and listens. Throws bad-weights or bad-config
 * errors; nothing then remains.
 */
export async function startServer(
  config: ServerConfig,
  logger: Logger,
  given: ServerParts = {},
): Promise<RunningServer> {
  const closers: (() => Promise<unknown>)[] = [];
  boundThreads(config.threadHeapMb);
  setThreadSettings({
    stepBack: config.stepBack,
    collectIdle: config.collectIdle,
    preload: workerEntry(import.meta.url, './end-with-parent.js').href,
  });
  try {
    return await start(config, logger, given, closers);
  } catch (thrown) {
    // Last first: models still loading may yet start workers that they share.
    for (const close of closers.reverse()) await close();
    throw thrown;
  }
}

async function start(
  config: ServerConfig,
  logger: Logger,
  { families, provide }: ServerParts,
  closers: (() => Promise<unknown>)[],
): Promise<RunningServer> {
  if (config.models.length === 0 && config.modelsFile === '')
    throw new TriptychError('CONFIG_INVALID', 'no model to serve; name one with --model DIR');
  const { problems, warnings } = await preflight(config, { families });
  throwReported(problems);
  for (const warning of warnings) logger.warn({}, warning);
  const releases = config.collectIdle ? [collectWhenIdle(), returnFreeMemory({ logger })] : [];
  const stopReleasing = () => releases.forEach((stop) => stop());
  closers.push(() => Promise.resolve(stopReleasing()));
  const metrics = new Metrics(config.metricsListen !== '');
  // First: probes are answered while models load.
  const probes = config.metricsListen ? await serveProbes(config.metricsListen, metrics, logger) : undefined;
  closers.push(async () => probes?.close());
  const { selfCheck, modelsFile, modelRoots: roots, hubModels } = config;
  const executions = new ExecutionStatistics();
  const sources = new ModelSources({ roots, hubModels, provide });
  const listed = modelsFile === '' ? undefined : readModelsFile(modelsFile, hubModels);
  const named: ModelSource[] = config.models.map(parseModelSource);
  // Nothing but the end of the process ends it, as with what else a start does.
  const { signal } = new AbortController();
  for (const model of listed?.models ?? []) named.push(await bringListed(model, sources, logger, signal));
  const options = { models: named, families, selfCheck, logger, observer: executions.observing(metrics) };
  const engine = await createEngine({ ...engineSettings(config), ...options });
  closers.push(() => engine.close());
  const { models } = engine;
  metrics.follow(models);
  const observe = (isApplied: boolean) => metrics.modelsFileRead(isApplied);
  const file = listed && new ModelsFile(modelsFile, listed, { models, sources, hubModels, logger, observe });
  closers.push(() => Promise.resolve(file?.close()));
  const tracing = await Tracing.start(config, logger);
  closers.push(() => tracing.close());
  const tokens = config.tokens ? new TokenFile(config.tokens, logger) : undefined;
  closers.push(() => Promise.resolve(tokens?.close()));
  const gate = createGate(config, engine.admission, metrics, tokens);
  closers.push(() => Promise.resolve(gate.idle.close()));
  const hearers = { logger, metrics, tracing };
  const control = new ModelControl(models, sources);
  const grpc = createGrpcServer(engine, config, hearers, gate, { executions, control });
  const security = transportSecurity(config, logger);
  closers.push(() => Promise.resolve(grpc.door.cut()));
  const address = await bind(grpc.server, config.listen, security.credentials);
  await security.loaded();
  const isReady = () => grpc.health.serving;
  const http = config.http
    ? await startHttp({
        engine,
        control,
        oip: grpc.oip,
        gate,
        hearers,
        config,
        secure: security.secure,
        isReady,
      })
    : undefined;
  const tellProbes = () => probes?.setReady(grpc.health.serving);
  grpc.health.onChange(tellProbes);
  tellProbes();
  const metricsAddress = probes?.address;
  logger.info(
    { address, httpAddress: http?.address, metricsAddress, models: models.models.map((m) => m.name) },
    'serving',
  );
  return {
    address,
    metricsAddress,
    httpAddress: http?.address,
    models,
    drain: async () => {
      logger.info({ graceMs: config.drainMs }, 'draining');
      grpc.health.drain();
      await shutDown([grpc.door, ...(http ? [http.door] : [])], gate.calls, config.drainMs);
      gate.idle.close();
      tokens?.close();
      file?.close();
      stopReleasing();
      await Promise.all([engine.close(), probes?.close(), tracing.close()]);
      logger.info({}, 'stopped');
    },
  };
}

/** Its libraries are loaded where HTTP is wanted alone: they take a good part of a start. */
async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { serveHttp } = await import('./http/http-server.js');
  return serveHttp(options);
}

/** The settings of a server that are its engine's. */
function engineSettings(config: ServerConfig): EngineSettings {
  const names = Object.keys(engineDefaults) as (keyof EngineSettings)[];
  return Object.fromEntries(names.map((name) => [name, config[name]])) as unknown as EngineSettings;
}

import { availableParallelism } from 'node:os';
import { Server, type ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { type Logger, messageOf, TriptychError } from '@triptych/core';
import { loadPublishedPackage } from '@triptych/protocol';
import type { ServerConfig } from './config/settings.js';
import { Admission } from './grpc/admission.js';
import { earlyRefusal } from './grpc/early-refusal.js';
import { followHealth } from './grpc/health.js';
import { limitCalls } from './grpc/limit-calls.js';
import { services } from './grpc/services.js';
import { loadModel, parseModelSource } from './models/load-model.js';
import { ModelRegistry } from './models/model-registry.js';
import { Metrics } from './observability/metrics.js';
import { serveHttp } from './observability/http.js';
import { Tracing } from './observability/tracing.js';
import { SharedWorkers } from './models/shared-workers.js';
import { authentication } from './security/authentication.js';
import { TokenFile } from './security/token-file.js';
import { transportSecurity } from './security/transport.js';
import { selfCheck } from './self-check/self-check.js';

/** A client that leaves a ping unanswered for so long is gone. */
const KEEPALIVE_TIMEOUT_MS = 20_000;

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

/** Loads the models, wires everything, and listens. Throws bad-weights or bad-config errors; nothing then remains. */
export async function startServer(config: ServerConfig, logger: Logger): Promise<RunningServer> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    return await start(config, logger, closers);
  } catch (thrown) {
    // Last first: models still loading may yet start workers that they share.
    for (const close of closers.reverse()) await close();
    throw thrown;
  }
}

async function start(
  config: ServerConfig,
  logger: Logger,
  closers: (() => Promise<unknown>)[],
): Promise<RunningServer> {
  if (config.models.length === 0)
    throw new TriptychError('CONFIG_INVALID', 'no model to serve; name one with --model DIR');
  const threads = config.threads || availableParallelism();
  const metrics = new Metrics();
  const workers = new SharedWorkers(config, logger);
  closers.push(() => workers.close());
  const loads = config.models.map((text) =>
    loadModel(parseModelSource(text), { ...config, threads }, workers, { logger, metrics }),
  );
  closers.push(async () => {
    for (const load of await Promise.allSettled(loads)) {
      if (load.status === 'fulfilled') await new ModelRegistry([load.value]).close();
    }
  });
  const models = new ModelRegistry(await Promise.all(loads));
  if (config.selfCheck)
    for (const model of models.models) await selfCheck(model, config.maxPixels, { logger, metrics });

  const tracing = new Tracing(config, logger);
  const observers = { logger, metrics, tracing };
  closers.push(() => tracing.close());
  const admission = new Admission({ maxItems: config.queueItems, maxBytes: config.queueBytes });
  const tokens = config.tokens ? new TokenFile(config.tokens, logger) : undefined;
  closers.push(() => Promise.resolve(tokens?.close()));
  const server = new Server({
    interceptors: [
      ...(tokens ? [authentication(tokens, observers)] : []),
      limitCalls(config.maxCalls, observers),
      earlyRefusal(admission, observers),
    ],
    'grpc.max_receive_message_length': config.maxMessageBytes,
    'grpc.max_send_message_length': config.maxAnswerBytes,
    'grpc.max_concurrent_streams': config.maxStreams,
    ...connectionOptions(config),
  });
  metrics.follow(models.models);
  const offered = services({ models, admission, limits: config, metrics }, observers);
  for (const { definition, handlers } of offered) {
    server.addService(definition, handlers);
  }
  const health = followHealth(
    models,
    offered.map((service) => service.name),
  );
  health.implementation.addToServer(server);
  if (config.reflection)
    new ReflectionService(loadPublishedPackage(), { services: offered.map((s) => s.name) }).addToServer(
      server,
    );

  const http = config.metricsListen
    ? await serveHttp(config.metricsListen, metrics, () => health.serving)
    : undefined;
  closers.push(async () => http?.close());
  const security = transportSecurity(config);
  const address = await bind(server, config.listen, security.credentials);
  await security.loaded();
  const metricsAddress = http?.address;
  logger.info({ address, metricsAddress, models: models.models.map((m) => m.name) }, 'serving');
  return {
    address,
    metricsAddress,
    models,
    drain: async () => {
      logger.info({ graceMs: config.drainMs }, 'draining');
      health.drain();
      await shutDown(server, config.drainMs);
      tokens?.close();
      await Promise.all([models.close(), workers.close(), http?.close(), tracing.close()]);
      logger.info({}, 'stopped');
    },
  };
}

/** What ends connections. gRPC takes a missing option for never. */
function connectionOptions({ connectionAgeMs, connectionGraceMs, keepaliveMs }: ServerConfig): ServerOptions {
  return {
    'grpc.keepalive_time_ms': keepaliveMs,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    ...(connectionAgeMs > 0
      ? {
          'grpc.max_connection_age_ms': connectionAgeMs,
          'grpc.max_connection_age_grace_ms': connectionGraceMs,
        }
      : {}),
  };
}

async function bind(server: Server, listen: string, credentials: ServerCredentials): Promise<string> {
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, credentials, (error, bound) => {
      if (!error) resolve(bound);
      else
        reject(
          new TriptychError('CONFIG_INVALID', `cannot listen on ${listen}: ${messageOf(error)}`, {
            cause: error,
          }),
        );
    });
  });
  return listen.startsWith('unix:') ? listen : `${listen.slice(0, listen.lastIndexOf(':'))}:${port}`;
}

async function shutDown(server: Server, graceMs: number): Promise<void> {
  const finished = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
  await Promise.race([finished, expired]);
  clearTimeout(timer);
  server.forceShutdown();
}

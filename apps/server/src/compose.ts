import { availableParallelism } from 'node:os';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { type Logger, messageOf, TriptychError } from '@triptych/core';
import { loadPublishedPackage } from '@triptych/protocol';
import { HealthImplementation } from 'grpc-health-check';
import type { ServerConfig } from './config/settings.js';
import { Admission } from './grpc/admission.js';
import { services } from './grpc/services.js';
import { loadModel, parseModelSource } from './models/load-model.js';
import { ModelRegistry } from './models/model-registry.js';
import { encodersOf } from './models/served-model.js';
import { SharedWorkers } from './models/shared-workers.js';
import { selfCheck } from './self-check/self-check.js';

/** A server that accepts calls. */
export interface RunningServer {
  /** Where it listens: HOST:PORT with the port that was bound, or unix:PATH. */
  readonly address: string;
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
  const workers = new SharedWorkers(config, logger);
  closers.push(() => workers.close());
  const loads = config.models.map((text) =>
    loadModel(parseModelSource(text), { ...config, threads }, workers, logger),
  );
  closers.push(async () => {
    for (const load of await Promise.allSettled(loads)) {
      if (load.status === 'fulfilled') await new ModelRegistry([load.value]).close();
    }
  });
  const models = new ModelRegistry(await Promise.all(loads));
  if (config.selfCheck) for (const model of models.models) await selfCheck(model, config.maxPixels, logger);

  const server = new Server({
    'grpc.max_receive_message_length': config.maxMessageBytes,
    'grpc.max_send_message_length': config.maxAnswerBytes,
    'grpc.max_concurrent_streams': config.maxStreams,
  });
  const admission = new Admission({ maxItems: config.queueItems, maxBytes: config.queueBytes });
  const offered = services({ models, admission, limits: config }, logger);
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

  const address = await bind(server, config.listen);
  logger.info({ address, models: models.models.map((m) => m.name) }, 'serving');
  return {
    address,
    models,
    drain: async () => {
      logger.info({ graceMs: config.drainMs }, 'draining');
      health.drain();
      await shutDown(server, config.drainMs);
      await Promise.all([models.close(), workers.close()]);
      logger.info({}, 'stopped');
    },
  };
}

/** Health that follows the inference workers: SERVING only while every model can answer. */
function followHealth(models: ModelRegistry, names: readonly string[]) {
  const implementation = new HealthImplementation({});
  let draining = false;
  const workers = models.models.flatMap(encodersOf).map((encoder) => encoder.worker);
  const update = () => {
    const serving = !draining && workers.every((worker) => worker.ready);
    for (const name of ['', ...names]) implementation.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
  };
  for (const worker of workers) worker.onReadyChange(update);
  update();
  const drain = () => {
    draining = true;
    update();
  };
  return { implementation, drain };
}

async function bind(server: Server, listen: string): Promise<string> {
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, ServerCredentials.createInsecure(), (error, bound) => {
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

import { lstat, rm } from 'node:fs/promises';
import { Server, type ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { messageOf, TriptychError } from '@triptych/core';
import type { Engine } from '@triptych/engine';
import type { Gate } from '../calls/gate.js';
import type { CallHearers } from '../calls/observe-call.js';
import type { Door } from '../calls/shut-down.js';
import type { ModelControl } from '../models/model-control.js';
import { socketPath } from '../config/paths.js';
import type { ServerConfig } from '../config/settings.js';
import { isAbandoned, listenProblem } from '../preflight/listen-problem.js';
import { checkAdministrative } from '../security/administrative.js';
import { authenticateCalls } from './authenticate-calls.js';
import { Connections } from './connections.js';
import { earlyRefusal } from './early-refusal.js';
import { followHealth, type Health } from './health/follow-health.js';
import { limitProbes } from './health/limit-probes.js';
import { cutDead } from './http2/cut-dead.js';
import { detailFailures } from './http2/detail-failures.js';
import { widenWindows } from './http2/flow-control.js';
import { onHttp2Server } from './http2/http2-servers.js';
import { limitHeaders } from './http2/limit-headers.js';
import { keepClosing } from './http2/keep-closing.js';
import { limitResets } from './http2/limit-resets.js';
import { openInTurns } from './http2/open-in-turns.js';
import { tendStreams } from './http2/tend-streams.js';
import { limitCalls } from './limit-calls.js';
import { limitMetadata } from './limit-metadata.js';
import { limitUnread } from './limit-unread.js';
import { boundMessages } from './messages/bound-messages.js';
import { serverRequestRules } from './messages/request-rules.js';
import { reflection } from './reflection.js';
import { KeptRows } from '../flight/kept-rows.js';
import { flightService } from '../flight/service.js';
import { inferenceService } from '../oip/grpc/service.js';
import { type OpenInference, openInference } from '../oip/open-inference.js';
import type { ExecutionStatistics } from '../oip/statistics/execution-statistics.js';
import { refuse } from './refusal.js';
import { services } from './services.js';

const HEALTH_SERVICE = 'grpc.health.v1.Health';
/** A client that leaves a ping unanswered for so long is gone. */
const KEEPALIVE_TIMEOUT_MS = 20_000;

/** What services need beside the engine. */
interface ServedBy {
  readonly executions: ExecutionStatistics;
  readonly control: ModelControl;
}

/** Every service on one server that does not listen yet, and its health. */
export function createGrpcServer(
  engine: Engine,
  config: ServerConfig,
  hearers: CallHearers,
  gate: Gate,
  { executions, control }: ServedBy,
): { readonly server: Server; readonly door: Door; readonly health: Health; readonly oip: OpenInference } {
  const { admission, models } = engine;
  const { authentication, idle } = gate;
  const observers = { ...hearers, calls: gate.calls, admission };
  const connections = new Connections();
  const checks = [
    limitMetadata(config.maxMetadataBytes),
    ...(authentication ? [authenticateCalls(authentication)] : []),
    ({ path }: { readonly path: string }) => checkAdministrative(path, config),
    limitCalls(gate.open),
    limitUnread(idle),
    earlyRefusal(admission),
  ];
  const rules = serverRequestRules(engine.limits);
  const bounds = boundMessages(config, rules);
  const server = new Server({
    interceptors: [
      bounds.interceptor,
      refuse(checks, observers, connections),
      limitProbes(() => hearers.metrics.callEnded('silent')),
    ],
    'grpc.max_receive_message_length': config.maxMessageBytes,
    'grpc.max_send_message_length': config.maxAnswerBytes,
    'grpc.max_concurrent_streams': config.maxStreams,
    // Bookkeeping of every message, for a service that is not offered.
    'grpc.enable_channelz': 0,
    ...connectionOptions(config),
  });
  const cuts: (() => void)[] = [];
  onHttp2Server(server, (http2) => {
    tendStreams(http2);
    keepClosing(http2);
    openInTurns(http2);
    widenWindows(http2);
    limitHeaders(http2, config.maxMetadataBytes);
    detailFailures(http2);
    limitResets(http2);
    cutDead(http2);
    bounds.prepare(http2);
    cuts.push(gate.connections.follow(http2));
    connections.follow(http2);
  });
  const oip = openInference(engine, control, executions, () => health.serving);
  const kept = new KeptRows(config.flightKeptBytes);
  const offered = [
    ...services(engine, control, observers, rules),
    inferenceService(oip, observers, rules),
    flightService(engine, kept, observers, rules),
  ];
  for (const { definition, handlers } of offered) server.addService(definition, handlers);
  const names = offered.map(({ name }) => name);
  const health = followHealth(models, names);
  hearers.metrics.followGrpcOccupancy({
    get keptRowBytes() {
      return kept.bytes;
    },
    get inflatedBytes() {
      return bounds.inflatedBytes;
    },
    get watches() {
      return health.service.watches;
    },
  });
  server.addService(health.service.definition, health.service.handlers);
  if (config.reflection)
    for (const { definition, handlers } of reflection(observers, [...names, HEALTH_SERVICE]))
      server.addService(definition, handlers);
  return { server, door: doorOf(server, cuts, kept), health, oip };
}

function doorOf(server: Server, cuts: readonly (() => void)[], kept: KeptRows): Door {
  return {
    close: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
    cut: () => {
      // grpc-js keeps no list of connections where channelz is off: what it means to cut would go on.
      for (const cut of cuts) cut();
      server.forceShutdown();
      kept.close();
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

/** Listens on HOST:PORT or unix:PATH, and returns it with the port that was bound. Throws CONFIG_INVALID. */
export async function bind(server: Server, listen: string, credentials: ServerCredentials): Promise<string> {
  if (listen.startsWith('unix:')) await removeAbandoned(socketPath(listen));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, credentials, (cause, bound) => {
      if (!cause) return resolve(bound);
      // grpc-js does not say why: tried again, it shows.
      void listenProblem(listen).then((problem) =>
        reject(
          new TriptychError('CONFIG_INVALID', problem ?? `cannot listen on ${listen}: ${messageOf(cause)}`, {
            cause,
          }),
        ),
      );
    });
  });
  return listen.startsWith('unix:') ? listen : `${listen.slice(0, listen.lastIndexOf(':'))}:${port}`;
}

/** A server that was killed leaves its socket, and nobody can listen where one is. */
async function removeAbandoned(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSocket() && (await isAbandoned(path))) await rm(path, { force: true });
}

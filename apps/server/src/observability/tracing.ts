import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { Logger } from '@triptych/core';
import { type ItemTrace, untraced } from '@triptych/engine';
import type { ServerConfig } from '../config/settings.js';
import type { SpanProvider } from './span-provider.js';

/** A call as a trace sees it. */
export interface CallTrace extends ItemTrace {
  /** In hexadecimal; undefined where neither the caller nor this server traces. */
  readonly traceId: string | undefined;
  /** With the call's status, as `google.rpc.Code` names it, and the reason where it failed. */
  end(code: StatusName, reason?: string): void;
}

/** For calls that nobody traces. */
const untracedCall: CallTrace = { ...untraced, traceId: undefined, end: () => undefined };

/** `google.rpc.Code`, as far as calls end so. */
const statusNumbers = {
  OK: 0,
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
};
export type StatusName = keyof typeof statusNumbers;

/** Statuses that are faults of a server: OpenTelemetry's conventions for RPC. */
const SERVER_FAULTS = new Set<StatusName>(['DEADLINE_EXCEEDED', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE']);

const propagator = new W3CTraceContextPropagator();

type Headers = (name: string) => string | undefined;
const headers: TextMapGetter<Headers> = { get: (header, key) => header(key), keys: () => [] };

/**
 * OpenTelemetry's traces: a span a call, below the caller's where it sends a W3C `traceparent`, and below it one a stage of
 * each item. They go by OTLP (HTTP, protobuf) to a collector; without its address there are none, and nothing is paid.
 */
export class Tracing {
  readonly #tracer: Tracer | undefined;

  private constructor(
    private readonly provider: SpanProvider | undefined,
    private readonly logger: Logger,
  ) {
    this.#tracer = provider?.getTracer('triptych');
  }

  static async start(
    config: Pick<ServerConfig, 'otlpEndpoint' | 'traceRatio' | 'serviceName'>,
    logger: Logger,
  ): Promise<Tracing> {
    if (!config.otlpEndpoint) return new Tracing(undefined, logger);
    // What sends spans takes a tenth of a second to load: only who wants traces pays for it.
    const { createSpanProvider } = await import('./span-provider.js');
    return new Tracing(createSpanProvider(config, logger), logger);
  }

  /** A call starts. `method` is `/SERVICE/METHOD`, or a route of HTTP. */
  call(system: 'grpc' | 'http', method: string, header: Headers): CallTrace {
    const parent = propagator.extract(ROOT_CONTEXT, header, headers);
    if (!this.#tracer) {
      const traceId = trace.getSpanContext(parent)?.traceId;
      return traceId === undefined ? untracedCall : { ...untracedCall, traceId };
    }
    const attributes = system === 'grpc' ? rpcAttributes(method) : { 'http.route': method };
    const name = system === 'grpc' ? method.slice(1) : method;
    const span = this.#tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
    return spanTrace(this.#tracer, span, trace.setSpan(parent, span), system);
  }

  /** Sends what has not been sent. */
  async close(): Promise<void> {
    await this.provider?.shutdown().catch((thrown: unknown) => {
      this.logger.warn({ err: thrown }, 'the last traces were not taken');
    });
  }
}

function rpcAttributes(method: string): Record<string, string> {
  const [, service, name] = method.split('/');
  return { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': name };
}

function spanTrace(tracer: Tracer, span: Span, context: Context, system: 'grpc' | 'http'): CallTrace {
  return {
    traceId: span.spanContext().traceId,
    item: (modality, { preprocessUs, queueUs, inferenceUs }) => {
      if (!span.isRecording()) return;
      const attributes = { 'triptych.modality': modality };
      let startTime = Date.now() - (preprocessUs + queueUs + inferenceUs) / 1000;
      for (const [name, us] of [
        ['preprocess', preprocessUs],
        ['queue', queueUs],
        ['inference', inferenceUs],
      ] as const) {
        const stage = tracer.startSpan(name, { startTime, attributes }, context);
        startTime += us / 1000;
        stage.end(startTime);
      }
    },
    end: (code, reason) => {
      if (system === 'grpc') span.setAttribute('rpc.grpc.status_code', statusNumbers[code]);
      else span.setAttribute('triptych.status', code);
      if (reason !== undefined) span.setAttribute('error.type', reason);
      if (SERVER_FAULTS.has(code)) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

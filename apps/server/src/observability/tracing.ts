import type { Metadata } from '@grpc/grpc-js';
import {
  type Context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { Logger } from '@triptych/core';
import { type ItemTrace, untraced } from '@triptych/engine';
import type { ServerConfig } from '../config/settings.js';

/** A call as a trace sees it. */
export interface CallTrace extends ItemTrace {
  /** In hexadecimal; undefined where neither the caller nor this server traces. */
  readonly traceId: string | undefined;
  /** With the call's gRPC status, and the reason where it failed. */
  end(code: number, reason?: string): void;
}

/** For calls that nobody traces. */
const untracedCall: CallTrace = { ...untraced, traceId: undefined, end: () => undefined };

/** gRPC's statuses that are faults of a server: OpenTelemetry's conventions for RPC. */
const SERVER_FAULTS = new Set([2, 4, 12, 13, 14, 15]);

/** A collector that does not answer keeps a server that ends no longer. */
const EXPORT_TIMEOUT_MS = 5000;

const propagator = new W3CTraceContextPropagator();
const headers: TextMapGetter<Metadata> = {
  get: (metadata, key) => metadata.get(key)[0]?.toString(),
  keys: (metadata) => Object.keys(metadata.getMap()),
};

/**
 * OpenTelemetry's traces: a span a call, below the caller's where it sends a W3C `traceparent`, and below it one a stage of
 * each item. They go by OTLP (HTTP, protobuf) to a collector; without its address there are none, and nothing is paid.
 */
export class Tracing {
  readonly #provider: BasicTracerProvider | undefined;
  readonly #tracer: Tracer | undefined;

  constructor(
    config: Pick<ServerConfig, 'otlpEndpoint' | 'traceRatio' | 'serviceName'>,
    private readonly logger: Logger,
  ) {
    const { otlpEndpoint, traceRatio, serviceName } = config;
    if (!otlpEndpoint) return;
    // Spans that were dropped, and a collector that does not answer, are heard of here alone.
    const warn = (message: string, ...details: unknown[]) => logger.warn({ details }, `tracing: ${message}`);
    const ignore = () => undefined;
    diag.setLogger(
      { error: warn, warn, info: ignore, debug: ignore, verbose: ignore },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
    const url = `${otlpEndpoint.replace(/\/$/, '')}/v1/traces`;
    const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS });
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(traceRatio) }),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    this.#tracer = this.#provider.getTracer('triptych');
  }

  /** A call starts. `path` is `/SERVICE/METHOD`. */
  call(path: string, metadata: Metadata): CallTrace {
    const parent = propagator.extract(ROOT_CONTEXT, metadata, headers);
    if (!this.#tracer) {
      const traceId = trace.getSpanContext(parent)?.traceId;
      return traceId === undefined ? untracedCall : { ...untracedCall, traceId };
    }
    const [, service, method] = path.split('/');
    const attributes = { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': method };
    const span = this.#tracer.startSpan(path.slice(1), { kind: SpanKind.SERVER, attributes }, parent);
    return spanTrace(this.#tracer, span, trace.setSpan(parent, span));
  }

  /** Sends what has not been sent. */
  async close(): Promise<void> {
    await this.#provider?.shutdown().catch((thrown: unknown) => {
      this.logger.warn({ err: thrown }, 'the last traces were not taken');
    });
  }
}

function spanTrace(tracer: Tracer, span: Span, context: Context): CallTrace {
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
      span.setAttribute('rpc.grpc.status_code', code);
      if (reason !== undefined) span.setAttribute('error.type', reason);
      if (SERVER_FAULTS.has(code)) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

import { diag, DiagLogLevel } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { Logger } from '@triptych/core';
import type { ServerConfig } from '../config/settings.js';

/** What makes spans, and sends them. */
export type SpanProvider = Pick<BasicTracerProvider, 'getTracer' | 'shutdown'>;

/** A collector that does not answer keeps a server that ends no longer. */
const EXPORT_TIMEOUT_MS = 5000;

/** Sends spans by OTLP (HTTP, protobuf) to the collector of the configuration. */
export function createSpanProvider(
  {
    otlpEndpoint,
    traceRatio,
    serviceName,
  }: Pick<ServerConfig, 'otlpEndpoint' | 'traceRatio' | 'serviceName'>,
  logger: Logger,
): SpanProvider {
  // Spans that were dropped, and a collector that does not answer, are heard of here alone.
  const warn = (message: string, ...details: unknown[]) => logger.warn({ details }, `tracing: ${message}`);
  const ignore = () => undefined;
  diag.setLogger(
    { error: warn, warn, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const url = `${otlpEndpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS });
  return new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(traceRatio) }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
}

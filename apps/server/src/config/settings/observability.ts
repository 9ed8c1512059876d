import { z } from 'zod';
import { address, collector, ratio } from '../schemas.js';
import { define } from './setting.js';

/** Metrics, probes and traces. */
export const observabilitySettings = {
  metricsListen: define({
    flag: '--metrics-listen <host:port>',
    env: 'TRIPTYCH_METRICS_LISTEN',
    default: '',
    description: 'address of /metrics, /livez and /readyz over HTTP; empty: none',
    schema: address('HOST:PORT, such as 127.0.0.1:9464', (text) => text === ''),
  }),
  otlpEndpoint: define({
    flag: '--otlp-endpoint <url>',
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    default: '',
    description:
      'OpenTelemetry collector that gets traces by OTLP over HTTP, such as http://127.0.0.1:4318; empty: no traces',
    schema: collector,
  }),
  traceRatio: define({
    flag: '--trace-ratio <ratio>',
    env: 'OTEL_TRACES_SAMPLER_ARG',
    default: 1,
    description: 'share of the calls without a trace of their caller that are traced, 0 to 1',
    schema: ratio(0, 1),
  }),
  serviceName: define({
    flag: '--service-name <name>',
    env: 'OTEL_SERVICE_NAME',
    default: 'triptych',
    description: 'name of this service in traces',
    schema: z.string().min(1),
  }),
};

import type { FastifyInstance } from 'fastify';
import type { HttpOptions } from './options.js';
import type { Route } from './route.js';

const probe = (path: string, summary: string, rule?: Route['rule']): Route => ({
  method: 'GET',
  path,
  summary,
  rule,
  answer: 'text/plain',
});
const metricsRoute = probe('/metrics', 'Metrics, as Prometheus reads them.', {
  methods: ['/triptych.http/Metrics'],
});

export const probes: readonly Route[] = [
  probe('/livez', '200 while the server runs.'),
  probe('/readyz', '200 while calls are answered, otherwise 503.'),
  metricsRoute,
];

/**
 * `/livez`, `/readyz` and `/metrics` beside the API, for who has one port only. The port of `--metrics-listen` answers from a thread of
 * its own, and stays right while the event loop is busy.
 */
export function probeRoutes(app: FastifyInstance, { isReady, hearers: { metrics } }: HttpOptions): void {
  const text = 'text/plain; charset=utf-8';
  app.get('/livez', (_request, reply) => reply.type(text).send('alive\n'));
  app.get('/readyz', (_request, reply) =>
    isReady() ? reply.type(text).send('ready\n') : reply.code(503).type(text).send('not ready\n'),
  );
  app.get('/metrics', { config: { rule: metricsRoute.rule } }, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.text()),
  );
}

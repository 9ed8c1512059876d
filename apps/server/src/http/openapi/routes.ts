import type { FastifyInstance } from 'fastify';
import type { Route } from '../route.js';
import { type ApiInfo, openApiDocument } from './document.js';
import { apiPage } from './page.js';

const here: readonly Route[] = [
  {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description.',
    rule: undefined,
    answer: 'application/json',
  },
  {
    method: 'GET',
    path: '/docs',
    summary: 'This description as a page.',
    rule: undefined,
    answer: 'text/html',
  },
];

/** `/openapi.json` and `/docs`: what is served, for programs and for people. Made once: who asks costs nothing. */
export function openApiRoutes(app: FastifyInstance, info: ApiInfo, routes: readonly Route[]): void {
  const document = openApiDocument(info, [...routes, ...here]);
  const [json, page] = [JSON.stringify(document), apiPage(document)];
  app.get('/openapi.json', (_request, reply) => reply.type('application/json').send(json));
  app.get('/docs', (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(page),
  );
}

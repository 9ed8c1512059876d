import { z } from 'zod';
import { problemAnswer } from '../problem.js';
import type { Route } from '../route.js';

/** What is known of an API beside its routes. */
export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

/** OpenAPI 3.1 of routes: bodies and answers as the schemas that they are checked with have them. */
export function openApiDocument(info: ApiInfo, routes: readonly Route[]): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route);
  return {
    openapi: '3.1.0',
    info,
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

export interface OpenApi {
  readonly openapi: string;
  readonly info: ApiInfo;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

export interface Operation {
  readonly summary: string;
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly object[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}
type Content = Readonly<Record<string, { readonly schema?: object }>>;

const failures = {
  openai: z.object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().meta({ description: 'A reason of docs/api.md.' }),
    }),
  }),
  oip: z.object({ error: z.string().meta({ description: 'A reason of docs/api.md, and what was wrong.' }) }),
  problem: problemAnswer.extend({ instance: z.string() }),
};

function operationOf(route: Route): Operation {
  const { method, path, summary, rule, body, bodyType, isBodyOptional, answer, textAnswers = [] } = route;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one);
  const parameters = names.map((one) => ({
    name: one,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    summary,
    operationId: `${method.toLowerCase()}${path.replaceAll(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase()).replaceAll(/\W/g, '')}`,
    security: rule ? [{ token: [] }, {}] : [{}],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: !isBodyOptional, content: json(body, 'input', bodyType) } } : {}),
    responses: {
      200: {
        description: 'The answer.',
        ...(answer === undefined ? {} : { content: contentOf(answer, textAnswers) }),
      },
      default: { description: 'A failure.', ...(answer === undefined ? {} : { content: failureOf(path) }) },
    },
  };
}

function contentOf(answer: z.ZodType | string, textAnswers: readonly string[]): Content {
  if (typeof answer !== 'string') {
    const texts = textAnswers.map((type) => [type, { schema: { type: 'string' } }] as const);
    return { ...json(answer, 'output'), ...Object.fromEntries(texts) };
  }
  // Of events there is no schema that says which of them come.
  return { [answer]: answer === 'text/event-stream' ? {} : { schema: { type: 'string' } } };
}

function failureOf(path: string): Content {
  if (path.startsWith('/v1/')) return json(failures.openai, 'output');
  if (/^\/v2(\/|$)/.test(path)) return json(failures.oip, 'output');
  return { 'application/problem+json': { schema: schemaOf(failures.problem, 'output') } };
}

function json(schema: z.ZodType, io: 'input' | 'output', type = 'application/json'): Content {
  return { [type]: { schema: schemaOf(schema, io) } };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

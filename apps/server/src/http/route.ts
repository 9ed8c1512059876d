import type { z } from 'zod';
import type { RouteRule } from './call.js';

/** A route, as it is served and as /openapi.json describes it. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** As OpenAPI writes it: `/v1/models/{id}`. */
  readonly path: string;
  /** As the router has it, where that is another: `/v1/models/*`. */
  readonly pattern?: string;
  /** One line. */
  readonly summary: string;
  /** Undefined: anybody may ask. */
  readonly rule: Omit<RouteRule, 'route'> | undefined;
  /** Of a body; undefined: there is none. */
  readonly body?: z.ZodType;
  /** Undefined: JSON. */
  readonly bodyType?: 'multipart/form-data';
  /** It may ask without one. */
  readonly isBodyOptional?: true;
  /** Of an answer in JSON, or another media type; undefined: its status says all. */
  readonly answer: z.ZodType | string | undefined;
  /** Media types of text that may be asked for in the place of JSON. */
  readonly textAnswers?: readonly string[];
}

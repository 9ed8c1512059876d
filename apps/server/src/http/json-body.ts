import { TriptychError } from '@triptych/core';
import type { FastifyRequest } from 'fastify';
import type { HttpCall } from './call.js';
import type { Json } from './json/read-json.js';

/** A request's body. */
export interface JsonBody {
  readonly bytes: Buffer;
  readonly json: Json;
}

/** The call that a request is. */
export function callOf(request: FastifyRequest): HttpCall {
  if (request.call) return request.call;
  throw new TriptychError('INTERNAL', 'a request was handled that nobody let in');
}

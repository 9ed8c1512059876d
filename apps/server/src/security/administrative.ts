import { TriptychError } from '@triptych/core';

/** Methods that change what is served, for all callers. */
export const administrativeMethods: ReadonlySet<string> = new Set([
  '/triptych.v1.Models/Load',
  '/triptych.v1.Models/Unload',
  '/triptych.v1.Models/Reload',
  '/inference.GRPCInferenceService/RepositoryModelLoad',
  '/inference.GRPCInferenceService/RepositoryModelUnload',
]);

/** Throws METHOD_DENIED for an administrative method where this server lets nobody change what it serves. */
export function checkAdministrative(
  method: string,
  { modelControl }: { readonly modelControl: boolean },
): void {
  if (modelControl || !administrativeMethods.has(method)) return;
  throw new TriptychError('METHOD_DENIED', `this server lets nobody change its models (--model-control)`, {
    resource: { type: 'method', name: method },
  });
}

import { TriptychError } from '@triptych/core';
import type { EngineCall } from '@triptych/engine';
import type { OpenInference } from '../open-inference.js';
import { servedNameOf } from './oip-model.js';

/** What a client wants loaded or unloaded. */
export interface RepositoryRequest {
  /** This server has one repository, without a name. */
  readonly repository: string;
  /** A model of the protocol, a served model, or, to be loaded, a folder below a model root. */
  readonly model: string;
  /** Names of the parameters that came with it. */
  readonly parameters: readonly string[];
}

/** Loads the served model that one of the protocol is of, all its towers with it. Throws MODEL_* errors, and PARAMETER_INVALID. */
export async function loadModel(
  { engine, control }: Pick<OpenInference, 'engine' | 'control'>,
  request: RepositoryRequest,
  call: Pick<EngineCall, 'signal' | 'deadline'>,
): Promise<void> {
  const { model } = checked(request, []);
  const name = servedNameOf(engine, model);
  await control.load(name === undefined ? { name: model, source: { path: model } } : { name }, call);
}

/** Unloads it: no call finds it from now on. Throws MODEL_NOT_FOUND or PARAMETER_INVALID. */
export async function unloadModel(
  { engine, control }: Pick<OpenInference, 'engine' | 'control'>,
  request: RepositoryRequest,
): Promise<void> {
  const { model } = checked(request, ['unload_dependents']);
  await control.unload(servedNameOf(engine, model) ?? model, false);
}

/** KServe's own copy of the messages has the model's name where the repository's is. */
function checked(request: RepositoryRequest, ignored: readonly string[]): { readonly model: string } {
  const { repository, model, parameters } = request;
  const unknown = parameters.find((name) => !ignored.includes(name));
  if (unknown !== undefined)
    throw new TriptychError(
      'PARAMETER_INVALID',
      `parameter ${unknown.slice(0, 64)} is not known; models are loaded as their own files say`,
      { field: `parameters.${unknown.slice(0, 64)}` },
    );
  if (model === '') return { model: repository };
  if (repository !== '')
    throw new TriptychError('PARAMETER_INVALID', 'repository_name is set; this server has one repository', {
      field: 'repository_name',
    });
  return { model };
}

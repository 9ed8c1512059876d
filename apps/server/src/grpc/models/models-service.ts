import type { Engine, EngineCall, ModelStatus } from '@triptych/engine';
import type {
  GetModelRequest__Output,
  ListModelsRequest__Output,
  ListModelsResponse,
  LoadModelRequest__Output,
  Model,
  ReloadModelRequest__Output,
  UnloadModelRequest__Output,
} from '@triptych/protocol';
import type { ModelControl } from '../../models/model-control.js';
import { modelMessage } from './model-message.js';

/** Those that calls find. */
const isOffered = ({ state }: ModelStatus) => state !== 'unloading' && state !== 'unloaded';

/** `Models.List` */
export function listModels(engine: Engine, { all }: ListModelsRequest__Output): ListModelsResponse {
  const listed = engine.models.known.filter((model) => all || isOffered(model));
  return { models: listed.map((model) => modelMessage(model, engine)) };
}

/** `Models.Get` */
export function getModel(engine: Engine, { model }: GetModelRequest__Output): Model {
  return modelMessage(engine.models.get(model), engine);
}

/** `Models.Load` */
export async function loadModel(
  engine: Engine,
  control: ModelControl,
  { model: name, source, path, hub, onDemand, current, aliases }: LoadModelRequest__Output,
  call: EngineCall,
): Promise<Model> {
  const wanted = { name, onDemand, isCurrent: current, aliases };
  const loaded = await control.load({ ...wanted, source: source ? { path, hub } : undefined }, call);
  return modelMessage(loaded, engine);
}

/** `Models.Unload` */
export async function unloadModel(
  engine: Engine,
  control: ModelControl,
  { model, wait }: UnloadModelRequest__Output,
): Promise<Model> {
  return modelMessage(await control.unload(model, wait), engine);
}

/** `Models.Reload` */
export async function reloadModel(
  engine: Engine,
  control: ModelControl,
  { model }: ReloadModelRequest__Output,
  call: EngineCall,
): Promise<Model> {
  return modelMessage(await control.reload(model, call), engine);
}

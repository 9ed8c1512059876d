import { abortError, TriptychError, untilAborted } from '@triptych/core';
import { deviceName, type Precision } from '@triptych/inference-core';
import { type ModelFamily, type OpenModel, openModel } from '@triptych/model-families';
import type { Closable, LoadContext, LoadOptions } from './load-context.js';
import { loadTowers } from './load-towers.js';
import type { ServedModel } from './served-model.js';
import { WeightSource } from './weight-source.js';

/** Where a model lies, and how it is served. */
export interface ModelSource {
  readonly directory: string;
  /** What it is served by: NAME, or NAME@VERSION. Default: the model's own name. */
  readonly name?: string | undefined;
  /** What it runs on, and in which precision. Default: what the settings say. */
  readonly device?: string | undefined;
  readonly precision?: Precision | 'auto' | undefined;
  /** Load it with the first call that asks for it. Default: at once. */
  readonly onDemand?: boolean | undefined;
  /** Whether NAME alone stands for this version once it is loaded. Default: where it stands for none yet. */
  readonly isCurrent?: boolean | undefined;
}

export function sourceOf(source: string | ModelSource): ModelSource {
  return typeof source === 'string' ? { directory: source } : source;
}

/**
 * Loads a model directory and starts its encoders. Throws bad-weights errors that name file and tensor, or what `signal` aborts with;
 * nothing of the model then remains.
 */
export async function loadModel(
  source: ModelSource,
  options: LoadOptions,
  signal: AbortSignal,
): Promise<ServedModel> {
  const since = performance.now();
  const placement = await untilAborted(options.placements.of(source), signal);
  const opened = await openModelNamed(source.directory, options.families);
  const { metadata, architecture } = opened.directory;
  const name = source.name ?? metadata.model_name;
  const weights = new WeightSource(opened.directory, options.settings.weightsReader);
  const open: Closable[] = [];
  let closed: Promise<unknown> | undefined;
  const note = async <E extends Closable>(worker: Promise<E>): Promise<E> => {
    const one = await worker;
    if (closed) {
      await one.close();
      throw new TriptychError('DRAINING', `model ${name} is closed`);
    }
    open.push(one);
    return one;
  };
  const close = async () => {
    await (closed ??= Promise.all(open.map((worker) => worker.close())));
  };
  const context: LoadContext = { ...options, name, placement, open: opened, weights, signal, started: note };
  try {
    const towers = await loadTowers(context);
    const model: ServedModel = {
      name,
      directory: source.directory,
      ...weights.identity,
      architecture,
      parameters: metadata.total_parameters,
      device: deviceName(placement.device),
      precision: placement.kernels.precision,
      loadMs: performance.now() - since,
      ...towers,
      close,
    };
    const { fingerprint, weightType, device, precision, loadMs } = model;
    options.logger.info(
      { model: name, fingerprint, architecture, weightType, device, precision, loadMs: Math.round(loadMs) },
      'model ready',
    );
    return model;
  } catch (thrown) {
    await close();
    if (signal.aborted) throw abortError(signal);
    throw inDirectory(source.directory, TriptychError.from(thrown));
  }
}

/** Opens a model directory; whatever is wrong names it. */
export async function openModelNamed(
  directory: string,
  families: readonly ModelFamily[],
): Promise<OpenModel> {
  try {
    return await openModel(directory, families);
  } catch (thrown) {
    throw inDirectory(directory, TriptychError.from(thrown));
  }
}

/** A message about a tensor or a configuration names the directory that it is in. */
function inDirectory(directory: string, error: TriptychError): TriptychError {
  if (error.code !== 'bad-weights' || error.message.includes(directory)) return error;
  return new TriptychError(error.reason, `${directory}: ${error.message}`, {
    field: error.field,
    cause: error,
  });
}

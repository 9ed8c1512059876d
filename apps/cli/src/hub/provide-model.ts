import { join } from 'node:path';
import { type JsonObject, messageOf, TriptychError } from '@triptych/core';
import { type HubModel, type HubSettings, pullCheckpoint, type PulledCheckpoint } from '@triptych/hub';
import { families, familyOf } from '@triptych/model-families';
import { type ConvertOptions, convertModel } from '../commands/convert.js';
import { complain } from '../output/complain.js';
import { ByteProgress } from '../output/progress.js';
import { cachedModels } from './cache.js';
import { convertOnce } from './convert-once.js';
import { lockFile } from './file-lock.js';

/** How a model of a hub is made one that can be served. */
export interface ProvideOptions extends Pick<ConvertOptions, 'dtype' | 'calibration'> {
  readonly settings: HubSettings;
  /** Model directory to write. Default: one in the cache, by commit and dtype, which is made once. */
  readonly target?: string | undefined;
}

export interface ProvidedModel extends PulledCheckpoint {
  /** Model directory. */
  readonly model: string;
}

/** Pulls a model from a hub and converts it; skips whichever step is already in the cache. Throws HUB_* errors, and as `convert` does. */
export async function provideModel(hubModel: HubModel, options: ProvideOptions): Promise<ProvidedModel> {
  const pulled = await pull(hubModel, options.settings);
  const target = options.target ?? converted(hubModel, pulled.commit, options.dtype);
  const { dtype, calibration } = options;
  const more = calibration === undefined ? {} : { calibration };
  const convert = () =>
    convertModel(pulled.directory, target, { dtype, compression: 'none', name: hubModel.name, ...more });
  if (options.target === undefined) await convertOnce(target, convert);
  else await convert();
  return { ...pulled, model: target };
}

/**
 * Brings a model of a hub into the hub's cache; processes that share the cache do so one after the other, for they would write
 * the same files. Where the hub cannot be reached, what is in the cache is taken. Throws HUB_* errors.
 */
export async function pull(hubModel: HubModel, settings: HubSettings): Promise<PulledCheckpoint> {
  if (settings.offline) return pullCheckpoint(hubModel, settings, findWanted);
  const folder = `models--${hubModel.name.replace('/', '--')}`;
  const lock = await lockFile(
    join(settings.cache, '.locks', folder, 'triptych.lock'),
    'pulls the same model',
    // A cache that cannot be written may hold all that is needed.
  ).catch(() => undefined);
  try {
    return await pullOrTakeCached(hubModel, settings);
  } finally {
    await lock?.release();
  }
}

/** What a model's family takes of a checkpoint. */
const findWanted = (config: JsonObject) => familyOf(config, families);

async function pullOrTakeCached(hubModel: HubModel, settings: HubSettings): Promise<PulledCheckpoint> {
  const bar = new ByteProgress(`pulling ${hubModel.name}`);
  try {
    return await pullCheckpoint(hubModel, settings, findWanted, (progress) => bar.show(progress));
  } catch (thrown) {
    if (!(thrown instanceof TriptychError) || thrown.reason !== 'HUB_UNREACHABLE') throw thrown;
    const offline = { ...settings, offline: true };
    const cached = await pullCheckpoint(hubModel, offline, findWanted).catch(() => undefined);
    if (!cached) throw thrown;
    complain(`${messageOf(thrown)}; taking ${hubModel.name} from the cache as of commit ${cached.commit}`);
    return cached;
  } finally {
    bar.stop();
  }
}

function converted({ name }: HubModel, commit: string, dtype: string): string {
  return cachedModels(name.replace('/', '--'), `${commit.slice(0, 12)}-${dtype}`);
}

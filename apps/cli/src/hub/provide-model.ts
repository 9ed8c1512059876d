import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { messageOf, TriptychError } from '@triptych/core';
import { type HubModel, type HubSettings, pullCheckpoint, type PulledCheckpoint } from '@triptych/hub';
import { type ConvertOptions, convertModel } from '../commands/convert.js';
import { ByteBar, complain } from '../output/progress-bar.js';

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

/** Brings a model of a hub here and converts it, what of both was not done before. Throws HUB_* errors, and as `convert` does. */
export async function provideModel(hubModel: HubModel, options: ProvideOptions): Promise<ProvidedModel> {
  const pulled = await pull(hubModel, options.settings);
  const target = options.target ?? converted(hubModel, pulled.commit, options.dtype);
  const isCached = options.target === undefined;
  if (isCached && existsSync(target)) return { ...pulled, model: target };
  try {
    const { dtype, calibration } = options;
    const more = calibration === undefined ? {} : { calibration };
    await convertModel(pulled.directory, target, {
      dtype,
      compression: 'none',
      name: hubModel.name,
      ...more,
    });
  } catch (thrown) {
    // Another process may have made the same one at the same time.
    if (!isCached || !existsSync(target)) throw thrown;
  }
  return { ...pulled, model: target };
}

/** A hub that cannot be reached does not stop what is in the cache. */
export async function pull(hubModel: HubModel, settings: HubSettings): Promise<PulledCheckpoint> {
  const bar = new ByteBar();
  try {
    return await pullCheckpoint(hubModel, settings, (progress) => bar.show(progress));
  } catch (thrown) {
    if (!(thrown instanceof TriptychError) || thrown.reason !== 'HUB_UNREACHABLE') throw thrown;
    const cached = await pullCheckpoint(hubModel, { ...settings, offline: true }).catch(() => undefined);
    if (!cached) throw thrown;
    complain(`${messageOf(thrown)}; taking ${hubModel.name} from the cache as of commit ${cached.commit}`);
    return cached;
  } finally {
    bar.stop();
  }
}

/** Where converted models are kept: `TRIPTYCH_CACHE`, or `triptych` in the user's cache. */
function converted({ name }: HubModel, commit: string, dtype: string): string {
  const caches = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const root = process.env['TRIPTYCH_CACHE'] || join(caches, 'triptych');
  return join(root, 'models', name.replace('/', '--'), `${commit.slice(0, 12)}-${dtype}`);
}

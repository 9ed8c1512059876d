import { existsSync } from 'node:fs';
import { hubSettings, parseHubModel } from '@triptych/hub';
import { provideModel } from './provide-model.js';

/** `[NAME=]DIR` as it is, and what names a model of a hub instead of a directory provided from there. */
export async function resolveModels(sources: readonly string[]): Promise<string[]> {
  const resolved: string[] = [];
  for (const source of sources) {
    const [, prefix = '', path = source] = /^([^=]*=)?(.*)$/s.exec(source) ?? [];
    const hubModel = existsSync(path) ? undefined : parseHubModel(path);
    if (!hubModel) resolved.push(source);
    else {
      const { model } = await provideModel(hubModel, {
        dtype: 'float16',
        settings: hubSettings(process.env),
      });
      resolved.push(`${prefix}${model}`);
    }
  }
  return resolved;
}

import { TriptychError } from '@triptych/core';
import { type ServerConfig, type Setting, type SettingName, settings } from './settings.js';

/** Flags as they were given, by setting. */
export type Flags = Partial<Record<SettingName, unknown>>;

/**
 * Flags before environment before defaults, checked. Throws CONFIG_INVALID that lists every problem at once.
 */
export function readConfig(flags: Flags, env: Readonly<Record<string, string | undefined>>): ServerConfig {
  const problems: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings) as [SettingName, Setting<unknown>][]) {
    const flag = flags[name];
    const text = env[setting.env];
    const fromEnv =
      text === undefined || !setting.repeatable ? text : text.split(',').filter((part) => part !== '');
    const given = flag ?? fromEnv;
    if (given === undefined) {
      config[name] = setting.default;
      continue;
    }
    const parsed = setting.schema.safeParse(given);
    if (parsed.success) config[name] = parsed.data;
    else {
      const source = flag === undefined ? setting.env : setting.flag.split(' ')[0];
      const reasons = parsed.error.issues.map((issue) => issue.message).join('; ');
      problems.push(`${source}: ${JSON.stringify(given)}: ${reasons} (${setting.description})`);
    }
  }
  if (problems.length > 0) throw new TriptychError('CONFIG_INVALID', problems.join('\n'));
  return Object.freeze(config) as ServerConfig;
}

import { type Command, Option } from 'commander';
import {
  type Flags,
  readConfig,
  type ServerConfig,
  type Setting,
  type SettingName,
  settings,
} from '@triptych/server';
import { resolveModels } from './hub/resolve-models.js';
import { demoModels } from './paths.js';

/** Adds the server's flags, from the server's own schema. */
export function addServerOptions(command: Command, names = Object.keys(settings) as SettingName[]): Command {
  for (const name of names) {
    const setting: Setting<unknown> = settings[name];
    const isEmpty = Array.isArray(setting.default) || setting.default === '';
    const shown = isEmpty ? '' : `, default ${String(setting.default)}`;
    const option = new Option(setting.flag, `${setting.description} (${setting.env}${shown})`);
    if (setting.repeatable) option.argParser((value: string, before: string[] = []) => [...before, value]);
    command.addOption(option);
  }
  return command;
}

/**
 * The server's configuration from parsed flags, `overrides` and the environment; the demo models where none is named, and
 * models of a hub once they are here. Throws HUB_* errors.
 */
export async function serverConfig(command: Command, overrides: Flags = {}): Promise<ServerConfig> {
  const flags: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings) as [SettingName, Setting<unknown>][]) {
    const option = command.options.find((o) => o.flags === setting.flag);
    if (option) flags[name] = command.getOptionValue(option.attributeName());
  }
  const config = readConfig({ ...flags, ...overrides }, process.env);
  const models = config.models.length > 0 ? await resolveModels(config.models) : demoModels;
  return { ...config, models };
}

import { type Command, Option } from 'commander';
import {
  type ConfigFile,
  type ConfigReading,
  type Flags,
  type ServerConfig,
  type Setting,
  type SettingName,
  settings,
  throwProblems,
  tryConfig,
} from '@triptych/server/config';
import type { PlannedModel } from './hub/plan-models.js';
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

/** The server's configuration from parsed flags, `overrides`, the environment and a file, with its problems. */
export function readServerConfig(command: Command, overrides: Flags = {}, file?: ConfigFile): ConfigReading {
  const flags: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings) as [SettingName, Setting<unknown>][]) {
    const option = command.options.find((o) => o.flags === setting.flag);
    if (option) flags[name] = command.getOptionValue(option.attributeName());
  }
  return tryConfig({ ...flags, ...overrides }, process.env, file);
}

/** What a server for one command has none of, whatever the environment says of the server that runs beside it. */
const PRIVATE: Flags = {
  tlsCert: '',
  tlsKey: '',
  tlsClientCa: '',
  tokens: '',
  metricsListen: '',
  modelsFile: '',
  http: '',
  otlpEndpoint: '',
  modelControl: false,
  modelRoots: [],
  hubModels: [],
};

/**
 * The configuration of a server that a command starts for itself; `defaultModels` where none is named, and models of a hub
 * once they are here. Throws HUB_* errors.
 */
export async function serverConfig(
  command: Command,
  overrides: Flags = {},
  defaultModels: readonly string[] = demoModels,
): Promise<ServerConfig> {
  const { config, problems } = readServerConfig(command, { ...PRIVATE, ...overrides });
  throwProblems(problems);
  // Who needs no server need not load one.
  const { throwReported } = await import('@triptych/server');
  const { planModels } = await import('./hub/plan-models.js');
  const planned = await planModels(modelsOf(config, defaultModels));
  throwReported(planned.flatMap(({ problem }) => problem ?? []));
  return { ...config, models: await provideModels(planned) };
}

/** The models that are named, or `defaultModels`. */
export function modelsOf(
  { models, modelsFile }: ServerConfig,
  defaultModels: readonly string[] = demoModels,
): readonly string[] {
  return models.length > 0 || modelsFile !== '' ? models : defaultModels;
}

/** Model directories of planned models, one after the other. */
export async function provideModels(planned: readonly PlannedModel[]): Promise<string[]> {
  const models: string[] = [];
  for (const model of planned) models.push(await model.provide());
  return models;
}

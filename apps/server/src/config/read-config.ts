import { TriptychError } from '@triptych/core';
import type { ConfigFile } from './config-file.js';
import { flagOf, labelOf, type Origins, settingNames, variableOf } from './names.js';
import { expandHomeIn } from './paths.js';
import { explain } from './schemas.js';
import { type ServerConfig, type SettingName, settings } from './settings.js';
import type { Setting } from './settings/setting.js';

/** Flags as they were given, by setting. */
export type Flags = Partial<Record<SettingName, unknown>>;

/** Variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Every setting, with what is wrong about them. */
export interface ConfigReading {
  /** Defaults stand where a value is wrong. */
  readonly config: ServerConfig;
  readonly origins: Origins;
  /** Settings with a wrong value. */
  readonly invalid: ReadonlySet<SettingName>;
  /** One sentence each, with the origin. */
  readonly problems: readonly string[];
}

/** Flags before environment before file before defaults, checked. Throws CONFIG_INVALID that lists every problem at once. */
export function readConfig(flags: Flags, env: Environment, file?: ConfigFile): ServerConfig {
  const { config, problems } = tryConfig(flags, env, file);
  throwProblems(problems);
  return config;
}

/** As `readConfig`, but for who looks for further problems before it throws. */
export function tryConfig(flags: Flags, env: Environment, file?: ConfigFile): ConfigReading {
  const problems = [...(file?.problems ?? [])];
  const config: Record<string, unknown> = {};
  const origins: Partial<Record<SettingName, string>> = {};
  const invalid = new Set<SettingName>();
  for (const name of settingNames) {
    const setting: Setting<unknown> = settings[name];
    config[name] = setting.default;
    const given = find(name, flags, env, file);
    if (!given) continue;
    origins[name] = given.at;
    const parsed = setting.schema.safeParse(expandHomeIn(name, given.value));
    if (parsed.success) config[name] = parsed.data;
    else {
      invalid.add(name);
      const expected = explain(parsed.error.issues);
      problems.push(`${labelOf(name, origins)}: ${expected}, found ${shown(given.value)}`);
    }
  }
  problems.push(...contradictions(config as ServerConfig, origins, invalid));
  return { config: Object.freeze(config) as ServerConfig, origins, invalid, problems };
}

/** What is right for each setting, and not for both. */
function contradictions(
  { queueBytes, maxMessageBytes }: ServerConfig,
  origins: Origins,
  invalid: ReadonlySet<SettingName>,
): string[] {
  if (invalid.has('queueBytes') || invalid.has('maxMessageBytes') || queueBytes >= 2 * maxMessageBytes)
    return [];
  return [
    `${labelOf('queueBytes', origins)}: expected twice the largest message (${labelOf('maxMessageBytes', origins)}: ` +
      `${maxMessageBytes}) or more, as one caller may hold half of it, found ${queueBytes}`,
  ];
}

/** Throws CONFIG_INVALID with all problems, where there are any. */
export function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new TriptychError('CONFIG_INVALID', joinProblems(problems));
}

/** One problem as it is; several on a line each, with how many they are. */
export function joinProblems(problems: readonly string[]): string {
  if (problems.length === 1) return problems[0];
  const lines = problems.map((problem) => `  ${problem.replaceAll('\n', '\n  ')}`);
  return [`${problems.length} problems:`, ...lines].join('\n');
}

/** A setting's value and where it stands. */
function find(
  name: SettingName,
  flags: Flags,
  env: Environment,
  file: ConfigFile | undefined,
): { value: unknown; at: string } | undefined {
  if (flags[name] !== undefined) return { value: flags[name], at: flagOf(name) };
  const text = env[variableOf(name)];
  // An empty variable is one that is not set: shells and manifests cannot always leave one out.
  if (text !== undefined && text !== '') {
    const { repeatable }: Setting<unknown> = settings[name];
    const value = repeatable ? text.split(',').filter((part) => part !== '') : text;
    return { value, at: variableOf(name) };
  }
  const line = file?.values.get(name);
  return line && { value: line.value, at: line.at };
}

/** A wrong value for a message: not too long of it, and no password. */
function shown(value: unknown): string {
  const text = JSON.stringify(value).replace(/\/\/[^/@\s]*@/g, '//…@');
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

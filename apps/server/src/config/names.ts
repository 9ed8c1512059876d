import { type SettingName, settings } from './settings.js';
import type { Setting } from './settings/setting.js';

/** Where a value comes from: a flag, a variable, or FILE:LINE; undefined: it is the default. */
export type Origins = Readonly<Partial<Record<SettingName, string>>>;

export const settingNames = Object.keys(settings) as SettingName[];

/** A setting's key in a configuration file: its flag without the dashes; models are a list. */
export function keyOf(name: SettingName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A setting's flag without its value. */
export function flagOf(name: SettingName): string {
  return settings[name].flag.split(' ')[0];
}

export function variableOf(name: SettingName): string {
  return settings[name].env;
}

/** How a problem with a setting begins: its flag, its variable, or its line and key in a file. */
export function labelOf(name: SettingName, { [name]: origin }: Origins): string {
  const isFile = origin !== undefined && origin !== flagOf(name) && origin !== variableOf(name);
  return isFile ? `${origin}: ${keyOf(name)}` : (origin ?? flagOf(name));
}

/** What other servers call a setting, as a flag without its first dashes. */
export const otherNames: Readonly<Record<string, SettingName>> = {
  port: 'listen',
  host: 'listen',
  hostname: 'listen',
  bind: 'listen',
  address: 'listen',
  addr: 'listen',
  interface: 'listen',
  cert: 'tlsCert',
  certificate: 'tlsCert',
  key: 'tlsKey',
  ca: 'tlsClientCa',
  token: 'tokens',
  metrics: 'metricsListen',
  'metrics-port': 'metricsListen',
  verbose: 'logLevel',
};

/** The setting that somebody who wrote `text` may have meant; undefined where none is near. */
export function nearestSetting(text: string): SettingName | undefined {
  const wanted = bare(text.replace(/^TRIPTYCH_/i, ''));
  const byName = new Map<string, SettingName>(
    Object.entries(otherNames).map(([name, meant]) => [bare(name), meant]),
  );
  for (const name of settingNames)
    for (const known of [name, flagOf(name), variableOf(name).replace(/^[A-Z]+_/, '')])
      byName.set(bare(known), name);
  const ranked = [...byName]
    .map(([known, name]) => ({ name, edits: editDistance(wanted, known) }))
    .sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  return best.edits <= Math.max(1, Math.floor(wanted.length / 3)) ? best.name : undefined;
}

/** A value's place among its setting's possible ones, as help has it: `<host:port>`. */
export function placeholderOf(name: SettingName): string {
  const setting: Setting<unknown> = settings[name];
  return setting.flag.slice(flagOf(name).length).trim().replace(/[<>]/g, '').toUpperCase();
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Insertions, deletions and replacements that make one text the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1])));
    row = next;
  }
  return row[b.length];
}

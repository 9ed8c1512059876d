import { stringify } from 'yaml';
import { keyOf, settingNames } from './names.js';
import { resolvePaths } from './paths.js';
import type { ConfigReading } from './read-config.js';

/**
 * A configuration as a file that sets all of it, with where each value comes from. Paths are absolute: it may be put
 * anywhere. Nothing in it is secret: keys and tokens are named by their files.
 */
export function printConfig({ config, origins }: Pick<ConfigReading, 'config' | 'origins'>): string {
  const entries = settingNames.map((name) => {
    const value = resolvePaths(name, config[name], process.cwd());
    const text = stringify({ [keyOf(name)]: value }, { lineWidth: 0 }).trimEnd();
    return { text, origin: origins[name] ?? 'default' };
  });
  const width = Math.min(48, Math.max(...entries.map(({ text }) => text.split('\n')[0].length)));
  return entries
    .map(({ text, origin }) => {
      const [first, ...rest] = text.split('\n');
      return [`${first.padEnd(width)}  # ${origin}`, ...rest].map((line) => `${line}\n`).join('');
    })
    .join('');
}

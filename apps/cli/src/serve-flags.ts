import { isIPv6 } from 'node:net';
import { type Command, Option } from 'commander';
import { flagOf, otherNames, placeholderOf, type SettingName } from '@triptych/server/config';

/** Flags by which other servers call ours. They are taken so that the answer can name ours, beside all other problems. */
const strayFlags = Object.entries(otherNames).map(([name, meant]) => {
  const flags = name === 'port' ? '-p, --port [value]' : `--${name} [value]`;
  return { name, meant, option: new Option(flags).hideHelp() };
});

/** Adds flags that serve does not have, hidden. */
export function addStrayFlags(command: Command): Command {
  for (const { option } of strayFlags) command.addOption(option);
  return command.allowExcessArguments();
}

/** A sentence for such flags that were given, by what they may have meant, and one for arguments. */
export function strayFlagProblems(command: Command): string[] {
  const options = command.opts<Record<string, unknown>>();
  const given = new Map<SettingName, [name: string, value: unknown][]>();
  for (const { name, meant, option } of strayFlags) {
    const value = options[option.attributeName()];
    if (value !== undefined) given.set(meant, [...(given.get(meant) ?? []), [name, value]]);
  }
  const problems = [...given].map(([meant, flags]) => {
    const names = flags.map(([name]) => `--${name}`).join(' or ');
    const values = flags.flatMap(([, value]) => (typeof value === 'string' ? [value] : []));
    return `serve has no ${names}; did you mean ${flagOf(meant)} ${suggestion(meant, values)}?`;
  });
  const models = command.args.map((argument) => `--model ${argument}`);
  if (models.length > 0)
    problems.push(`serve takes no arguments, only flags; did you mean ${models.join(' ')}?`);
  return problems;
}

const standard: Partial<Record<SettingName, { host: string; port: string }>> = {
  listen: { host: '127.0.0.1', port: '50051' },
  http: { host: '127.0.0.1', port: '8080' },
  metricsListen: { host: '127.0.0.1', port: '9464' },
};

/** Hosts and ports that were given apart are put together. A token is neither repeated nor a file. */
function suggestion(meant: SettingName, values: readonly string[]): string {
  const address = standard[meant];
  if (values.length === 0 || meant === 'tokens') return placeholderOf(meant);
  if (!address) return values[0];
  const hosts = values.map((value) => (isIPv6(value) ? `[${value}]` : value));
  const whole = hosts.find((value) => /[^:]:\d+$/.test(value));
  const port = hosts.find((value) => /^:?\d+$/.test(value))?.replace(':', '');
  const host = hosts.find((value) => !/:\d+$|^\d+$/.test(value));
  return whole ?? `${host ?? address.host}:${port ?? address.port}`;
}

import { nearestSetting, settingNames, variableOf } from './names.js';
import type { Environment } from './read-config.js';

/** Variables that are no settings of the server. */
const OTHERS = ['TRIPTYCH_CACHE', 'TRIPTYCH_CONFIG', 'TRIPTYCH_TOKEN'];

/** What Kubernetes sets in every pod of a namespace for a service named triptych, or triptych-something. */
const OF_KUBERNETES = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;

/** A warning for each `TRIPTYCH_*` variable that nothing reads, with the one that may have been meant. */
export function unknownVariables(env: Environment): string[] {
  const known = new Set([...settingNames.map(variableOf), ...OTHERS]);
  return Object.keys(env)
    .filter((name) => name.startsWith('TRIPTYCH_') && !known.has(name) && !isOfKubernetes(name, env[name]))
    .map((name) => {
      const nearest = nearestSetting(name);
      const hint = nearest ? `did you mean ${variableOf(nearest)}?` : 'nothing reads it';
      return `${name} is no variable of Triptych; ${hint}`;
    });
}

function isOfKubernetes(name: string, value: string | undefined): boolean {
  return OF_KUBERNETES.test(name) || (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value ?? ''));
}

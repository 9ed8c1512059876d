import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/** What threads do for others, of this process and of those that it starts. */
export interface ThreadSettings {
  /** Whether those that compute give way by their niceness where others want a core. */
  readonly stepBack: boolean;
  /** Whether those that are idle collect what work that is over has left behind. */
  readonly collectIdle: boolean;
  /** URL of a module that processes load before their own. Default: none. */
  readonly preload?: string | undefined;
}

const KEY = 'triptych:threads';
const ARGUMENT = '--thread-settings=';
const DEFAULTS: ThreadSettings = { stepBack: true, collectIdle: true };

/** Of this thread, and of threads and processes that are started from now on. */
export function setThreadSettings({ stepBack, collectIdle, preload }: ThreadSettings): void {
  setEnvironmentData(KEY, { stepBack, collectIdle, preload });
}

/** As the thread that started this one had them, or the process that started this one. */
export function threadSettings(): ThreadSettings {
  const given = getEnvironmentData(KEY) as unknown as ThreadSettings | undefined;
  if (given) return given;
  const argument = process.argv.find((one) => one.startsWith(ARGUMENT));
  return argument === undefined ? DEFAULTS : (JSON.parse(argument.slice(ARGUMENT.length)) as ThreadSettings);
}

/** Whether a worker's host started this process. */
export function isWorkerProcess(): boolean {
  return process.argv.some((one) => one.startsWith(ARGUMENT));
}

/** The argument of a process that has this one's. */
export function threadSettingsArgument(): string {
  return ARGUMENT + JSON.stringify(threadSettings());
}

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ALLOCATOR_VARIABLE, serverProcess } from '@triptych/server/process-settings';
import { RELAUNCHED_VARIABLE, type StopRelay, type StopRequest, type StopRequests } from './stop-requests.js';

/** Node's exit code where it does not know one of its flags. */
const INVALID_ARGUMENT = 9;

const program = fileURLToPath(new URL('../run.js', import.meta.url));

/** True where a process like this one would do better started anew: on Linux, unless the variable is set. */
export function needsRelaunch(): boolean {
  return process.platform === 'linux' && process.env[ALLOCATOR_VARIABLE] === undefined;
}

/**
 * Runs this command again with a server's settings, without its flags where this Node does not know them, and tells it
 * what asks this process to stop. When this process ends, so does the other. Resolves with its exit code, as a shell has it.
 */
export async function relaunch(
  stop: StopRequests,
  flags: readonly string[] = serverProcess.execArgv,
): Promise<number> {
  const code = await run(stop, flags);
  return code === INVALID_ARGUMENT && flags.length > 0 ? relaunch(stop, []) : code;
}

function run(stop: StopRequests, flags: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...flags, ...process.execArgv, program, ...process.argv.slice(2)], {
    env: { ...serverProcess.env, ...process.env, [RELAUNCHED_VARIABLE]: '1' },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // It is told how often this process was asked to stop, rather than signalled: Ctrl-C, or a service manager that stops a
  // whole group, has reached it already, and must not count twice.
  const tell = (stopRequests: number) => (request: StopRequest) => {
    const message: StopRelay = { stopRequests, ...request };
    // It may be ending.
    child.send(message, () => undefined);
  };
  void stop.first.then(tell(1));
  void stop.second.then(tell(2));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
  });
}

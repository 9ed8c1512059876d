import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ALLOCATOR_VARIABLE, serverProcess } from '@triptych/server/process-settings';
import type { StopRelay, StopSignal } from './stop-requests.js';

/** Node's exit code where it does not know one of its flags. */
const INVALID_ARGUMENT = 9;

const program = fileURLToPath(new URL('../run.js', import.meta.url));

/** True where a process like this one would do better started anew: on Linux, unless the variable is set. */
export function needsRelaunch(): boolean {
  return process.platform === 'linux' && process.env[ALLOCATOR_VARIABLE] === undefined;
}

/**
 * Runs this command again with a server's settings, without its flags where this Node does not know them, and tells it
 * which signals came. When this process ends, so does the other. Resolves with its exit code, as a shell has it.
 */
export async function relaunch(flags: readonly string[] = serverProcess.execArgv): Promise<number> {
  const code = await run(flags);
  return code === INVALID_ARGUMENT && flags.length > 0 ? relaunch([]) : code;
}

async function run(flags: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...flags, ...process.execArgv, program, ...process.argv.slice(2)], {
    env: { ...serverProcess.env, ...process.env },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const stopRelaying = relaySignals(child);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
    });
  } finally {
    stopRelaying();
  }
}

/**
 * Tells the other process how often this one was asked to stop, rather than signalling it: Ctrl-C, or a service manager that stops
 * a whole group, has reached it already, and must not count twice.
 */
function relaySignals(child: ChildProcess): () => void {
  let count = 0;
  const tell = (signal: StopSignal) => {
    const message: StopRelay = { stopRequests: ++count, signal };
    // It may be ending.
    child.send(message, () => undefined);
  };
  process.on('SIGTERM', tell).on('SIGINT', tell);
  return () => void process.off('SIGTERM', tell).off('SIGINT', tell);
}

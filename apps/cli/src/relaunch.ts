import { spawn } from 'node:child_process';
import { ALLOCATOR_VARIABLE, serverProcess } from '@triptych/server/process-settings';

/** Node's exit code where it does not know one of its flags. */
const INVALID_ARGUMENT = 9;

/** True where a process like this one would do better started anew: on Linux, unless the variable is set. */
export function needsRelaunch(): boolean {
  return process.platform === 'linux' && process.env[ALLOCATOR_VARIABLE] === undefined;
}

/**
 * Runs this command again with a server's settings, without its flags where this Node does not know them, and passes on
 * signals. When this process ends, so does the other. Resolves with its exit code.
 */
export async function relaunch(flags: readonly string[] = serverProcess.execArgv): Promise<number> {
  const code = await run(flags);
  return code === INVALID_ARGUMENT && flags.length > 0 ? relaunch([]) : code;
}

async function run(flags: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...flags, ...process.execArgv, ...process.argv.slice(1)], {
    env: { ...serverProcess.env, ...process.env },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const onTerminate = () => child.kill('SIGTERM');
  // Ctrl-C reaches both: sent again, it would count as the second one, which ends at once.
  const onInterrupt = () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  };
  process.on('SIGTERM', onTerminate).on('SIGINT', onInterrupt);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
    });
  } finally {
    process.off('SIGTERM', onTerminate).off('SIGINT', onInterrupt);
  }
}

import { spawn } from 'node:child_process';
import { ALLOCATOR_VARIABLE, serverProcess } from '@triptych/server/process-settings';

/** True where a process like this one would do better started anew: on Linux, unless the variable is set. */
export function needsRelaunch(): boolean {
  return process.platform === 'linux' && process.env[ALLOCATOR_VARIABLE] === undefined;
}

/**
 * Runs this command again with a server's settings, and passes on signals. When this process ends, so does the other.
 * Resolves with its exit code.
 */
export async function relaunch(): Promise<number> {
  const child = spawn(
    process.execPath,
    [...serverProcess.execArgv, ...process.execArgv, ...process.argv.slice(1)],
    {
      env: { ...process.env, ...serverProcess.env },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  );
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  // Ctrl-C reaches both: sent again, it would count as the second one, which ends at once.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

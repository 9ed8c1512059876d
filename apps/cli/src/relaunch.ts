import { spawn } from 'node:child_process';

/**
 * Tells glibc to give memory back: left alone it raises this bound as large blocks are freed, and keeps what loading a
 * model has used. It is read when a process starts, and only then.
 */
const VARIABLE = 'MALLOC_MMAP_THRESHOLD_';
const BYTES = 1_000_000;

/** True where a process like this one would do better started anew: on Linux, unless the variable is set. */
export function needsRelaunch(): boolean {
  return process.platform === 'linux' && process.env[VARIABLE] === undefined;
}

/**
 * Runs this command again with the variable set, and passes on signals. When this process ends, so does the other.
 * Resolves with its exit code.
 */
export async function relaunch(): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, [VARIABLE]: String(BYTES) },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
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

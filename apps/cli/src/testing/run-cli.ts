import { type ChildProcess, spawn, type SpawnOptionsWithoutStdio } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The installed program. */
export const bin = fileURLToPath(new URL('../../bin/triptych.js', import.meta.url));
export const root = fileURLToPath(new URL('../../../../', import.meta.url));

export interface Finished {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly ms: number;
}

/** Starts the real command, as a user does. */
export function startCli(
  args: readonly string[],
  input?: Uint8Array,
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcess; finished: Promise<Finished> } {
  return startProgram([process.execPath, bin, ...args], input, { env });
}

/** Starts any program in the repository. It has finished once nobody holds its outputs: neither it nor what it has started. */
export function startProgram(
  [program, ...args]: readonly string[],
  input?: Uint8Array,
  options: SpawnOptionsWithoutStdio = {},
): { child: ChildProcess; finished: Promise<Finished> } {
  const started = performance.now();
  const child = spawn(program, args, { cwd: root, ...options, env: { ...process.env, ...options.env } });
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) =>
      resolve({ code, signal, stdout: Buffer.concat(stdout), stderr, ms: performance.now() - started }),
    );
  });
  return { child, finished };
}

export function runCli(args: readonly string[], input?: Uint8Array): Promise<Finished> {
  return startCli(args, input).finished;
}

/** JSON of each line. */
export function jsonLines<T>(text: Buffer): T[] {
  return text
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Where a server's log goes: to this process's standard error, or to an open file. */
export type LogTarget = 'inherit' | number;

/** `triptych serve` with the demo's Whisper in a process of its own, as it is deployed. */
export class ServedProcess {
  readonly exited: Promise<number | null>;

  private constructor(
    private readonly child: ChildProcess,
    readonly address: string,
  ) {
    this.exited = new Promise((resolve) => child.once('exit', resolve));
  }

  /** `models`: flags that name the models. */
  static async start(
    flags: readonly string[] = [],
    log: LogTarget = 'inherit',
    models: readonly string[] = ['--model', 'models/demo/whisper'],
  ): Promise<ServedProcess> {
    const defaults = ['--listen', '127.0.0.1:0', '--log-level', 'silent'];
    const command = ['apps/cli/bin/triptych.js', 'serve', ...models, ...defaults, ...flags];
    const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', log] });
    const address = await new Promise<string>((resolve, reject) => {
      child.stdout?.once('data', (line: Buffer) =>
        resolve(line.toString().trim().replace('listening on ', '')),
      );
      child.once('exit', (code) => reject(new TypeError(`the server ended with code ${code}`)));
    });
    return new ServedProcess(child, address);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Processes that it has started. */
  childPids(): number[] {
    const tasks = `/proc/${this.pid}/task`;
    return readdirSync(tasks).flatMap((task) => childrenOf(`${tasks}/${task}`));
  }

  /** Of the processes that it has started, the one that uses the most of a CPU now. */
  async busiestChild(): Promise<number> {
    const before = new Map(this.childPids().map((pid) => [pid, cpuTicks(pid)]));
    await sleep(500);
    const used = (pid: number) => cpuTicks(pid) - (before.get(pid) ?? 0);
    return this.childPids().reduce((most, pid) => (used(pid) > used(most) ? pid : most));
  }

  /** Memory of the server and of the processes that it has started; what they share with it is counted once. */
  rssMb(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    return this.childPids().reduce((sum, pid) => sum + proportionalMb(pid), own);
  }

  descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  threads(): number {
    return readdirSync(`/proc/${this.pid}/task`).length;
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  async stop(): Promise<void> {
    if (this.isRunning) this.signal('SIGTERM');
    await this.exited;
  }
}

/** Processes that a thread has started; none where it has just ended. */
function childrenOf(task: string): number[] {
  try {
    return readFileSync(`${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Memory of a process, of shared pages its share; 0 where it has just ended. */
function proportionalMb(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) / 1024;
  } catch {
    return 0;
  }
}

/** User and system time of a process: fields 14 and 15 of its stat, behind a name that may hold anything. */
function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TriptychError } from '@triptych/core';

const entry = fileURLToPath(new URL('./serve-measured.js', import.meta.url));

/** What the server's process measured of itself since it was last asked. */
export interface ServerReport {
  readonly loadMs: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  readonly cpuMs: number;
  readonly elapsedMs: number;
  readonly peakRssMb: number;
}

/** A server in a process of its own, as it is deployed. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly address: string,
    readonly httpAddress: string | undefined,
  ) {}

  /** With default settings. */
  static start(...models: string[]): Promise<ServerProcess> {
    return ServerProcess.startOf(entry, models);
  }

  /** One that answers HTTP, too. */
  static startWithHttp(...models: string[]): Promise<ServerProcess> {
    return ServerProcess.startOf(entry, models, { TRIPTYCH_HTTP: '127.0.0.1:0' });
  }

  /** That of another clone, by its `serve-measured.js`. */
  static async startOf(
    served: string,
    models: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ServerProcess> {
    const child = spawn(process.execPath, [served, ...models], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, ...environment },
    });
    const { address, httpAddress } = await message<{ address: string; httpAddress?: string }>(child);
    return new ServerProcess(child, address, httpAddress);
  }

  /** What happened since the last report, and whether the event loop is watched until the next. */
  async report(watch = false): Promise<ServerReport> {
    this.child.send(watch ? 'report and watch' : 'report');
    const report = await message<Omit<ServerReport, 'peakRssMb'>>(this.child);
    return { ...report, peakRssMb: this.#memoryMb('VmHWM') };
  }

  /** Of the process. */
  get pid(): number {
    return this.child.pid!;
  }

  /** Memory of the server now. */
  rssMb(): number {
    return this.#memoryMb('VmRSS');
  }

  #memoryMb(field: string): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  }

  /** Throws WORKER_LOST where it has already ended: what was measured of it then means nothing. */
  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null)
      throw new TriptychError(
        'WORKER_LOST',
        `the server ended while it was measured: ${signalCode ?? exitCode}`,
      );
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.send('stop');
    await exited;
  }
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => child.once('message', (value) => resolve(value as T)));
}

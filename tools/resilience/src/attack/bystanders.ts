import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type BystanderKind, bystanderKinds } from './bystander-kinds.js';
import type { Measured } from './compare.js';

export type { BystanderKind } from './bystander-kinds.js';

const entry = fileURLToPath(new URL('./bystander-process.js', import.meta.url));

/** Clients that do nothing wrong, one or more of each kind, in a process of their own. */
export class Bystanders {
  private constructor(private readonly child: ChildProcess) {}

  static async start(
    address: string,
    kinds: readonly BystanderKind[] = bystanderKinds,
    token = '',
  ): Promise<Bystanders> {
    const child = fork(entry, [address, kinds.join(','), token]);
    const bystanders = new Bystanders(child);
    await bystanders.#message();
    return bystanders;
  }

  /** What they meet from now on, for some seconds; calls that are open at the end count with what they have taken so far. */
  async measure(seconds: number): Promise<Measured> {
    this.child.send({ seconds });
    return (await this.#message()) as Measured;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await exited;
  }

  #message(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.child.once('message', resolve);
      this.child.once('exit', (code) => reject(new TypeError(`bystanders ended with code ${code}`)));
    });
  }
}

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('./misbehave.js', import.meta.url));

/** A client that misbehaves, in a process of its own, until it is stopped. */
export class Misbehaving {
  private readonly child: ChildProcess;

  constructor(name: string, address: string) {
    this.child = fork(entry, [name, address]);
  }

  /** How often it did what it does. */
  async stop(): Promise<number> {
    const told = new Promise<number>((resolve) =>
      this.child.once('message', (count) => resolve(Number(count))),
    );
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.send('stop');
    const count = await told;
    await exited;
    return count;
  }
}

import { SingleBar } from 'cli-progress';
import type { Progress } from '../encode/encoded-vector.js';

/** Progress on standard error: a bar where it is a terminal and there is more than one file; failures always. */
export class ProgressBar implements Progress {
  readonly #bar: SingleBar | undefined;
  failures = 0;

  constructor(files: number) {
    if (!process.stderr.isTTY || files < 2) return;
    const format = '{bar} {value}/{total} files, {eta_formatted} left';
    this.#bar = new SingleBar({ format, noTTYOutput: false, stream: process.stderr });
    this.#bar.start(files, 0);
  }

  done(): void {
    this.#bar?.increment();
  }

  failed(message: string): void {
    this.failures++;
    complain(message);
    this.#bar?.increment();
  }

  stop(): void {
    this.#bar?.stop();
  }
}

/** Progress in bytes on standard error, where it is a terminal. */
export class ByteBar {
  #bar: SingleBar | undefined;

  show({ doneBytes, totalBytes }: { readonly doneBytes: number; readonly totalBytes: number }): void {
    if (!process.stderr.isTTY) return;
    this.#bar ??= this.#start(totalBytes);
    this.#bar.update(doneBytes);
  }

  stop(): void {
    this.#bar?.stop();
  }

  #start(totalBytes: number): SingleBar {
    const format = '{bar} {percentage} %, {eta_formatted} left';
    const bar = new SingleBar({ format, noTTYOutput: false, stream: process.stderr });
    bar.start(totalBytes, 0);
    return bar;
  }
}

/** Progress of a work in steps on standard error, each with a bar of its own, where it is a terminal. */
export class StepBar {
  #bar: SingleBar | undefined;
  #step: string | undefined;

  show({
    step,
    done,
    total,
  }: {
    readonly step: string;
    readonly done: number;
    readonly total: number;
  }): void {
    if (!process.stderr.isTTY) return;
    if (step !== this.#step) {
      this.stop();
      this.#step = step;
      const format = `{bar} ${step}, {value}/{total}, {eta_formatted} left`;
      this.#bar = new SingleBar({ format, noTTYOutput: false, stream: process.stderr });
      this.#bar.start(total, 0);
    }
    this.#bar?.update(done);
  }

  stop(): void {
    this.#bar?.stop();
  }
}

export function complain(message: string): void {
  process.stderr.write(`triptych: ${message}\n`);
}

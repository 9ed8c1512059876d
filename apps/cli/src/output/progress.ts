import { SingleBar } from 'cli-progress';
import type { Progress } from '../encode/encoded-vector.js';
import { complain } from './complain.js';
import { Estimate, roughly } from './estimate.js';
import { mebibytes } from './numbers.js';

/** How often a line says how far a work is, where standard error is no terminal. */
const EVERY_MS = 5000;

/** How far a work is, on standard error: a bar on a terminal, a line every few seconds elsewhere. */
class Meter {
  readonly #started = performance.now();
  readonly #estimate = new Estimate();
  readonly #bar: SingleBar | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #done = 0;
  #left: number | undefined;

  /** `describe` says how much of the total is done. A total of 0: nobody knows it. */
  constructor(
    private readonly what: string,
    private readonly total: number,
    private readonly describe: (done: number) => string,
  ) {
    if (process.stderr.isTTY && total > 0) {
      const format = '{bar} {text}';
      this.#bar = new SingleBar({ format, noTTYOutput: false, stream: process.stderr });
      this.#bar.start(total, 0, { text: this.#text() });
    } else this.#timer = setInterval(() => complain(this.#text()), EVERY_MS).unref();
  }

  get done(): number {
    return this.#done;
  }

  update(done: number): void {
    this.#done = done;
    this.#left = this.#estimate.update(done, this.total);
    this.#bar?.update(done, { text: this.#text() });
  }

  stop(): void {
    this.#bar?.stop();
    clearInterval(this.#timer);
  }

  #text(): string {
    if (this.total === 0) {
      const spent = `${roughly(performance.now() - this.#started)} so far`;
      return [this.what, this.describe(this.#done), spent].filter((part) => part !== '').join(', ');
    }
    const left = this.#left === undefined || this.#done >= this.total ? '' : `, ${roughly(this.#left)} left`;
    return `${this.what}, ${this.describe(this.#done)}${left}`;
  }
}

/** Progress in files, or whatever `unit` says; of a single one, in what comes of it. Failures are always named. */
export class FileProgress implements Progress {
  readonly #meter: Meter;
  #parts = 0;
  failures = 0;

  constructor(what: string, files: number, unit = 'files', parts = 'vectors') {
    this.#meter =
      files > 1
        ? new Meter(what, files, (done) => `${done} of ${files} ${unit}`)
        : new Meter(what, 0, () => (this.#parts === 0 ? '' : `${this.#parts} ${parts}`));
  }

  done(): void {
    this.#meter.update(this.#meter.done + 1);
  }

  part(): void {
    this.#parts++;
  }

  failed(message: string): void {
    this.partFailed(message);
    this.done();
  }

  partFailed(message: string): void {
    this.failures++;
    complain(message);
  }

  stop(): void {
    this.#meter.stop();
  }
}

/** Progress in bytes. */
export class ByteProgress {
  #meter: Meter | undefined;

  constructor(private readonly what: string) {}

  show({ doneBytes, totalBytes }: { readonly doneBytes: number; readonly totalBytes: number }): void {
    const describe = (done: number) => `${mebibytes(done)} of ${mebibytes(totalBytes)}`;
    this.#meter ??= new Meter(this.what, totalBytes, describe);
    this.#meter.update(doneBytes);
  }

  stop(): void {
    this.#meter?.stop();
  }
}

/** Progress of a work in steps, each measured by itself. */
export class StepProgress {
  #meter: Meter | undefined;
  #step: string | undefined;

  constructor(private readonly what: string) {}

  show({
    step,
    done,
    total,
  }: {
    readonly step: string;
    readonly done: number;
    readonly total: number;
  }): void {
    if (step !== this.#step) {
      this.stop();
      this.#step = step;
      this.#meter = new Meter(`${this.what}: ${step}`, total, (count) => `${count} of ${total}`);
    }
    this.#meter?.update(done);
  }

  stop(): void {
    this.#meter?.stop();
  }
}

/** Waits for a work that does not say how far it is. */
export async function whileWaiting<T>(what: string, work: Promise<T>): Promise<T> {
  const meter = new Meter(what, 0, () => '');
  try {
    return await work;
  } finally {
    meter.stop();
  }
}

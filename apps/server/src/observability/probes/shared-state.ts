const [READY, ALIVE_AT] = [0, 1];
const NS_OF_MS = 1e6;

/** What probes are told, in memory that the event loop and the thread of the probes share. */
export class SharedState {
  readonly #numbers: BigInt64Array;

  constructor(readonly memory = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.#numbers = new BigInt64Array(memory);
  }

  get isReady(): boolean {
    return Atomics.load(this.#numbers, READY) === 1n;
  }

  set isReady(ready: boolean) {
    Atomics.store(this.#numbers, READY, ready ? 1n : 0n);
  }

  /** To be called by the event loop again and again. Its clock is one that nobody sets, and that threads share. */
  turned(): void {
    Atomics.store(this.#numbers, ALIVE_AT, process.hrtime.bigint());
  }

  /** Milliseconds since the event loop last turned. */
  get silentMs(): number {
    return Number(process.hrtime.bigint() - Atomics.load(this.#numbers, ALIVE_AT)) / NS_OF_MS;
  }
}

/** Writes statuses to one client: the newest once it reads, not all that it missed. */
export class Watch<Status> {
  #newest: Status | undefined;
  #told: Status | undefined;
  #isFull = false;

  /** `write` says whether more may be written before `drained` is called. */
  constructor(private readonly write: (status: Status) => boolean) {}

  tell(status: Status): void {
    this.#newest = status;
    if (this.#isFull || status === this.#told) return;
    this.#told = status;
    this.#isFull = !this.write(status);
  }

  drained(): void {
    this.#isFull = false;
    if (this.#newest !== undefined) this.tell(this.#newest);
  }
}

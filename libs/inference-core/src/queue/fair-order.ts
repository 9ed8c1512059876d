/** What waits for its turn. */
export interface Queueing {
  /** Whose it is: callers get equal shares, however much each asks for. */
  readonly caller: unknown;
  /** Milliseconds since the epoch; Infinity where there is none. */
  readonly deadline: number;
}

interface Place {
  /** Virtual time at which its service starts. */
  readonly start: number;
  readonly arrival: number;
}

/** A caller that has asked for nothing for this long has no share of a batch kept for it. */
const ACTIVE_MS = 2000;

/**
 * Start-time fair queueing (Goyal et al. 1997): each item starts, in virtual time, when its caller's one before ends, or
 * now; the earliest start goes first, and of equal ones the earliest deadline. A caller that asks for a thousand items
 * gets one turn while any other gets one, and among active callers no more than its share of a batch: what is being
 * computed is what the others wait for.
 */
export class FairOrder<T extends Queueing> {
  readonly #items: { readonly item: T; readonly place: Place }[] = [];
  /** Virtual time at which each caller's last item ends. */
  readonly #ends = new Map<unknown, number>();
  /** When each caller last asked for something, the longest ago first. */
  readonly #asked = new Map<unknown, number>();
  #now = 0;
  #arrivals = 0;

  get size(): number {
    return this.#items.length;
  }

  /** What is to go next. */
  get first(): T | undefined {
    return this.#items[0]?.item;
  }

  add(item: T): void {
    this.#asked.delete(item.caller);
    this.#asked.set(item.caller, performance.now());
    const start = Math.max(this.#now, this.#ends.get(item.caller) ?? 0);
    this.#ends.set(item.caller, start + 1);
    const entry = { item, place: { start, arrival: this.#arrivals++ } };
    let at = this.#items.length;
    while (at > 0 && isBefore(entry, this.#items[at - 1])) at--;
    this.#items.splice(at, 0, entry);
  }

  /** False where it does not wait any more. */
  remove(item: T): boolean {
    const at = this.#items.findIndex((entry) => entry.item === item);
    if (at < 0) return false;
    this.#items.splice(at, 1);
    return true;
  }

  /** Takes the first item, and in their order those after it that `joins` accepts, at most `limit` in all. */
  take(joins: (item: T, first: T) => boolean, limit: (first: T) => number): T[] {
    if (this.#items.length === 0) return [];
    const [{ item: first, place }] = this.#items;
    this.#now = Math.max(this.#now, place.start);
    const most = limit(first);
    const share = Math.ceil(most / this.#activeCallers());
    const shares = new Map<unknown, number>();
    const taken: T[] = [];
    for (let at = 0; at < this.#items.length && taken.length < most;) {
      const { item } = this.#items[at];
      const had = shares.get(item.caller) ?? 0;
      if (had < share && (item === first || joins(item, first))) {
        taken.push(item);
        shares.set(item.caller, had + 1);
        this.#items.splice(at, 1);
      } else at++;
    }
    this.#forgetIdle();
    return taken;
  }

  /**
   * False where one caller alone waits while others are active: what would be handed over ahead of time is what their next
   * item, which may come at any moment, waits for.
   */
  get isShared(): boolean {
    const [first] = this.#items;
    return this.#activeCallers() === 1 || this.#items.some(({ item }) => item.caller !== first.item.caller);
  }

  /**
   * How many wait whom a further place would help: callers, each for its next item, or items for each active caller. Where one of
   * many sends all it has, it is 1: the others' next items are better off with a place that is soon free.
   */
  get crowd(): number {
    const waiting = new Set(this.#items.map(({ item }) => item.caller)).size;
    return Math.max(waiting, Math.floor(this.#items.length / this.#activeCallers()));
  }

  #activeCallers(): number {
    const since = performance.now() - ACTIVE_MS;
    for (const [caller, time] of this.#asked) {
      if (time >= since) break;
      this.#asked.delete(caller);
    }
    return Math.max(1, this.#asked.size);
  }

  /** A caller whose last item has ended is as good as a new one. */
  #forgetIdle(): void {
    if (this.#ends.size <= 2 * this.#items.length + 64) return;
    for (const [caller, end] of this.#ends) if (end <= this.#now) this.#ends.delete(caller);
    // Nobody waits: time starts anew for everyone.
    if (this.#items.length === 0) this.#ends.clear();
  }
}

function isBefore<T extends Queueing>(a: { item: T; place: Place }, b: { item: T; place: Place }): boolean {
  if (a.place.start !== b.place.start) return a.place.start < b.place.start;
  if (a.item.deadline !== b.item.deadline) return a.item.deadline < b.item.deadline;
  return a.place.arrival < b.place.arrival;
}

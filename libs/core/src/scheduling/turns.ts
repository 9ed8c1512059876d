/** What decides between members whose turns start at the same time: the earlier deadline, then who came first. */
export interface Rank {
  /** Milliseconds since the epoch; Infinity where there is none. */
  readonly deadline: number;
  /** Unique. */
  readonly arrival: number;
}

/** A member that waits, in the order of turns. */
export interface Turn<Key, Member> {
  readonly key: Key;
  readonly member: Member;
}

interface Waiting<Key, Member> extends Turn<Key, Member> {
  /** Virtual time at which its next turn starts. */
  start: number;
  rank: Rank;
}

/** Members that have ended are looked through for those that may be forgotten once there are so many. */
const KEPT_ENDS = 64;

/**
 * Start-time fair queueing (Goyal et al. 1997) among members that wait: a member's turn starts, in virtual time, when its turn
 * before ends, or now; the earliest start goes first. A member that asks for a thousand turns gets one while any other gets one.
 */
export class Turns<Key, Member> {
  readonly #waiting = new Map<Key, Waiting<Key, Member>>();
  /** The same, by their turns. */
  readonly #order: Waiting<Key, Member>[] = [];
  /** Virtual time at which the last turn ended of members that wait for nothing now. */
  readonly #ends = new Map<Key, number>();
  #forgetAt = KEPT_ENDS;
  #now = 0;

  get size(): number {
    return this.#order.length;
  }

  get(key: Key): Member | undefined {
    return this.#waiting.get(key)?.member;
  }

  /** Members that wait, in the order of their next turns; it changes with every change to them. */
  get inOrder(): readonly Turn<Key, Member>[] {
    return this.#order;
  }

  /** The rank of who goes next. */
  get firstRank(): Rank | undefined {
    return this.#order[0]?.rank;
  }

  /** A member that waited for nothing waits for its turn. */
  enter(key: Key, member: Member, rank: Rank): void {
    const start = Math.max(this.#now, this.#ends.get(key) ?? 0);
    this.#ends.delete(key);
    const waiting = { key, member, start, rank };
    this.#waiting.set(key, waiting);
    this.#insert(waiting);
  }

  /** A member waits for nothing more. */
  leave(key: Key): void {
    const waiting = this.#waiting.get(key);
    if (!waiting) return;
    this.#order.splice(this.#find(waiting), 1);
    this.#waiting.delete(key);
    this.#ends.set(key, waiting.start);
    this.#forgetEnded();
  }

  /** Brings the present to the start of a member's turn. */
  advance(key: Key): void {
    this.#now = Math.max(this.#now, this.#waiting.get(key)?.start ?? 0);
  }

  /** A member that waits takes a turn of this cost, and waits for its next by another rank. */
  spend(key: Key, cost: number, rank: Rank): void {
    this.#move(key, cost, rank);
  }

  /** A turn that a member had has cost so much more, or less, than was said: its next one starts as much later. */
  settle(key: Key, cost: number): void {
    const waiting = this.#waiting.get(key);
    if (waiting) this.#move(key, cost, waiting.rank);
    else {
      const end = this.#ends.get(key);
      if (end !== undefined) this.#ends.set(key, end + cost);
    }
  }

  /** A member that waits has another rank. */
  rerank(key: Key, rank: Rank): void {
    this.#move(key, 0, rank);
  }

  #move(key: Key, cost: number, rank: Rank): void {
    const waiting = this.#waiting.get(key);
    if (!waiting || (cost === 0 && rank.arrival === waiting.rank.arrival)) return;
    this.#order.splice(this.#find(waiting), 1);
    waiting.start += cost;
    waiting.rank = rank;
    this.#insert(waiting);
  }

  #insert(waiting: Waiting<Key, Member>): void {
    this.#order.splice(this.#find(waiting), 0, waiting);
  }

  /** Where a member stands, or is to stand, in order. */
  #find(waiting: Waiting<Key, Member>): number {
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.#order[middle], waiting)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A member whose last turn has ended is as good as a new one; where nobody waits, time starts anew for everyone. */
  #forgetEnded(): void {
    if (this.#ends.size <= this.#forgetAt) return;
    if (this.size === 0) {
      this.#ends.clear();
      this.#now = 0;
    } else for (const [key, end] of this.#ends) if (end <= this.#now) this.#ends.delete(key);
    this.#forgetAt = Math.max(KEPT_ENDS, 2 * this.#ends.size);
  }
}

function isBefore<Key, Member>(a: Waiting<Key, Member>, b: Waiting<Key, Member>): boolean {
  if (a.start !== b.start) return a.start < b.start;
  if (a.rank.deadline !== b.rank.deadline) return a.rank.deadline < b.rank.deadline;
  return a.rank.arrival < b.rank.arrival;
}

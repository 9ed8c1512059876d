interface Waiting<Member> {
  readonly member: Member;
  /** Virtual time at which its next turn starts. */
  start: number;
}

/** Of members whose turns start at the same time, which goes first: less than zero where `a` does. */
export type TieBreak<Member> = (a: Member, b: Member) => number;

/** Members that have ended are forgotten once there are so many more of them than wait. */
const KEPT_ENDS = 64;

/**
 * Start-time fair queueing (Goyal et al. 1997) among members that wait: a member's turn starts, in virtual time, when its turn
 * before ends, or now; the earliest start goes first. A member that asks for a thousand turns gets one while any other gets one.
 */
export class Turns<Key, Member> {
  readonly #waiting = new Map<Key, Waiting<Member>>();
  /** Virtual time at which the last turn ended of members that wait for nothing now. */
  readonly #ends = new Map<Key, number>();
  #now = 0;

  constructor(private readonly tie: TieBreak<Member>) {}

  get size(): number {
    return this.#waiting.size;
  }

  get(key: Key): Member | undefined {
    return this.#waiting.get(key)?.member;
  }

  /** Members that wait, in the order of their next turns. */
  inOrder(): [Key, Member][] {
    const order = [...this.#waiting].sort(
      ([, a], [, b]) => a.start - b.start || this.tie(a.member, b.member),
    );
    return order.map(([key, { member }]) => [key, member]);
  }

  /** A member that waited for nothing waits for its turn. */
  enter(key: Key, member: Member): void {
    const start = Math.max(this.#now, this.#ends.get(key) ?? 0);
    this.#ends.delete(key);
    this.#waiting.set(key, { member, start });
  }

  /** A member waits for nothing more. */
  leave(key: Key): void {
    const waiting = this.#waiting.get(key);
    if (!waiting) return;
    this.#waiting.delete(key);
    this.#ends.set(key, waiting.start);
    this.#forgetEnded();
  }

  /** Brings the present to the start of a member's turn. */
  advance(key: Key): void {
    this.#now = Math.max(this.#now, this.#waiting.get(key)?.start ?? 0);
  }

  /** A member that waits takes a turn of this cost. */
  spend(key: Key, cost: number): void {
    const waiting = this.#waiting.get(key);
    if (waiting) waiting.start += cost;
  }

  /** A member whose last turn has ended is as good as a new one; where nobody waits, time starts anew for everyone. */
  #forgetEnded(): void {
    if (this.#ends.size <= 2 * this.#waiting.size + KEPT_ENDS) return;
    if (this.#waiting.size === 0) {
      this.#ends.clear();
      this.#now = 0;
    } else for (const [key, end] of this.#ends) if (end <= this.#now) this.#ends.delete(key);
  }
}

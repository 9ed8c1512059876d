import { type Caller, clientGone, type TriptychError } from '@triptych/core';
import type { Room, Wanted } from './room.js';
import { Shares } from './shares.js';

/** What a call may hold whatever its caller does: a live stream does not wait behind uploads. */
const ALWAYS_BYTES = 64 * 1024;
/** What a caller may hold for each byte that it leaves free where its eldest message needs it: three quarters, alone. */
const ELDEST_RATIO = 3;
/** How long a message waits where its caller has nothing complete that would make room. */
const STUCK_MS = 10_000;
/** How often those that are stuck are looked at: what one gives back lets others go on. */
const LOOK_MS = 250;

/** Bytes of a complete message. */
export interface HeldBytes {
  /** Counts them out. */
  leave(): void;
  /** Keeps them counted, call or no call, until what is returned is called. */
  keep(): () => void;
}

/** What has come of messages: counted with all bytes in work, and told apart while it is not complete. */
export class Arrivals {
  /** Bytes of messages that are not complete, by principal. */
  readonly partial = new Shares<unknown>({ capacity: Infinity });
  /** By principal, calls whose messages had to wait, the one that began to first. */
  readonly #late = new Map<unknown, Set<Arriving>>();

  constructor(
    readonly room: Room,
    readonly refusal: (principal: unknown) => TriptychError,
  ) {}

  of(caller: Caller): Arriving {
    return new Arriving(this, caller);
  }

  isEldest(arriving: Arriving): boolean {
    return this.#eldest(arriving.caller.principal) === arriving;
  }

  /** What a principal's eldest message waits for, where it does: it may go on where others of its caller may not. */
  wantedFirst(principal: unknown): Wanted | undefined {
    return this.#eldest(principal)?.wanted;
  }

  late(arriving: Arriving): void {
    const { principal } = arriving.caller;
    const late = this.#late.get(principal);
    if (late) late.add(arriving);
    else this.#late.set(principal, new Set([arriving]));
  }

  /** It is late no more: the next of its principal may be the eldest. */
  done(arriving: Arriving): void {
    const { principal } = arriving.caller;
    const late = this.#late.get(principal);
    if (!late?.delete(arriving)) return;
    if (late.size === 0) this.#late.delete(principal);
    this.room.look();
  }

  #eldest(principal: unknown): Arriving | undefined {
    const [eldest] = this.#late.get(principal) ?? [];
    return eldest;
  }
}

/** The bytes of one call: of the message that is on its way, and of those that are held complete. */
export class Arriving {
  #partial = 0;
  #held = 0;
  /** Since when the message that is on its way has had to wait, now and then. */
  #since: number | undefined;
  readonly #unread = new Set<() => void>();
  /** What it waits for. */
  wanted: Wanted | undefined;
  /** Ends its waiting. */
  #wait: AbortController | undefined;

  constructor(
    private readonly all: Arrivals,
    readonly caller: Caller,
  ) {}

  /** So many bytes of a message have come. */
  came(bytes: number): void {
    this.#partial += bytes;
    this.all.partial.add(this.caller.principal, bytes);
    this.#count(bytes);
  }

  /** What is in the way of what has come; alone, a message may be of any length. */
  get refusal(): TriptychError | undefined {
    return this.#fits() ? undefined : this.all.refusal(this.caller.principal);
  }

  /** Whether more may come at once. */
  get mayGoOn(): boolean {
    return (
      this.#held <= ALWAYS_BYTES || this.#fits() || (this.all.isEldest(this) && this.#fits(ELDEST_RATIO))
    );
  }

  /** Waits until more may come. Throws OVERLOADED where nothing will make room, CANCELLED once the call has ended. */
  async goOn(): Promise<void> {
    const { all, caller } = this;
    const { principal } = caller;
    const wait = (this.#wait = new AbortController());
    const since = (this.#since ??= performance.now());
    const timer = setInterval(() => {
      const isStuck = all.partial.held(principal) >= all.room.shares.held(principal);
      if (isStuck && performance.now() - since > STUCK_MS) wait.abort(all.refusal(principal));
    }, LOOK_MS);
    all.late(this);
    try {
      this.wanted = { caller, deadline: Infinity, signal: wait.signal };
      await all.room.wait(this.wanted, 0, () => this.mayGoOn);
    } finally {
      clearInterval(timer);
      this.wanted = undefined;
      this.#wait = undefined;
    }
  }

  /** A message of so many bytes is complete: they are held until it is left, or the call ends. */
  complete(bytes: number): HeldBytes {
    let isHeld = true;
    const leave = () => {
      this.#unread.delete(leave);
      if (isHeld) this.#count(-bytes);
      isHeld = false;
    };
    this.#count(bytes);
    this.#unread.add(leave);
    this.taken();
    const keep = () => {
      this.#unread.delete(leave);
      return leave;
    };
    return { leave, keep };
  }

  /** What was on its way is not any more. */
  taken(): void {
    const partial = this.#partial;
    this.#partial = 0;
    this.#since = undefined;
    this.all.partial.add(this.caller.principal, -partial);
    this.#count(-partial);
    this.all.done(this);
  }

  /** The call has ended: it holds what a handler keeps, and nothing else. */
  end(): void {
    this.#wait?.abort(clientGone);
    for (const leave of this.#unread) leave();
    this.taken();
  }

  #fits(ratio?: number): boolean {
    const { shares } = this.all.room;
    return shares.taken <= this.#held || shares.fits(this.caller.principal, 0, ratio);
  }

  #count(bytes: number): void {
    if (bytes === 0) return;
    const { room } = this.all;
    this.#held += bytes;
    if (bytes > 0) room.shares.add(this.caller.principal, bytes);
    else room.giveBack(this.caller.principal, -bytes);
  }
}

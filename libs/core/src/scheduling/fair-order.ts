import { type Caller, hasEnded } from './caller.js';
import { Recent } from './recent.js';
import { type Rank, Turns } from './turns.js';

/** What waits for its turn. */
export interface Queueing {
  readonly caller: Caller;
  /** Milliseconds since the epoch; Infinity where there is none. */
  readonly deadline: number;
  /** What a turn of it takes, in any unit that all share. Default: 1. */
  readonly cost?: number;
}

interface Entry<T> {
  readonly item: T;
  readonly rank: Rank;
}

/** A flow's items, in the order they came; never empty. */
type Flow<T> = Entry<T>[];

interface Principal<T> {
  readonly flows: Turns<unknown, Flow<T>>;
  readonly active: Recent<unknown>;
}

/** Whoever has asked for nothing for this long has no share of a batch kept. */
const ACTIVE_MS = 2000;

/** So many more principals than are active are known before the idle ones are forgotten. */
const KEPT_PRINCIPALS = 64;

/**
 * Items that wait, in a fair order: principals take turns, and within each its flows do; of equal ones the earliest deadline
 * goes first. Among active principals and flows each takes no more than its share of a batch: what is being computed is what
 * the others wait for.
 */
export class FairOrder<T extends Queueing> {
  readonly #principals = new Turns<unknown, Principal<T>>();
  /** Principals that asked for something lately, whether or not they wait now. */
  readonly #active = new Recent<unknown>(ACTIVE_MS);
  readonly #known = new Map<unknown, Principal<T>>();
  #size = 0;
  #arrivals = 0;

  get size(): number {
    return this.#size;
  }

  /** What is to go next. */
  get first(): T | undefined {
    const [next] = this.#principals.inOrder;
    return next?.member.flows.inOrder[0].member[0].item;
  }

  add(item: T): void {
    const { principal: key, flow } = item.caller;
    this.#active.see(key);
    const principal = this.#known.get(key) ?? newPrincipal<T>();
    this.#known.set(key, principal);
    principal.active.see(flow);
    const rank = { deadline: item.deadline, arrival: this.#arrivals++ };
    const waiting = principal.flows.get(flow);
    if (waiting) waiting.push({ item, rank });
    else principal.flows.enter(flow, [{ item, rank }], rank);
    const first = principal.flows.firstRank ?? rank;
    if (this.#principals.get(key)) this.#principals.rerank(key, first);
    else this.#principals.enter(key, principal, first);
    this.#size++;
  }

  /** What a caller's item was taken for has cost so much more, or less, than its `cost` said. */
  settle({ principal, flow }: Caller, cost: number): void {
    this.#known.get(principal)?.flows.settle(flow, cost);
    this.#principals.settle(principal, cost);
  }

  /** False where it does not wait any more. */
  remove(item: T): boolean {
    const { principal, flow } = item.caller;
    const waiting = this.#principals.get(principal)?.flows.get(flow);
    const at = waiting?.findIndex((entry) => entry.item === item) ?? -1;
    if (!waiting || at < 0) return false;
    this.#takeOut(item.caller, waiting, at);
    return true;
  }

  /** Takes the first item, and in their order those after it that `joins` accepts, at most `limit` in all. */
  take(joins: (item: T, first: T) => boolean, limit: (first: T) => number): T[] {
    const { first } = this;
    if (!first) return [];
    this.#principals.advance(first.caller.principal);
    const batch = new Batch<T>(limit(first), this.callers);
    const fits = (item: T) => item === first || joins(item, first);
    while (batch.hasRoom && this.#takeNext(batch, fits));
    this.#forgetIdle();
    return batch.items;
  }

  /**
   * Takes the item that is to go next of the first principal whose next one `admits` accepts, or else the one of its waiting items that
   * `outOfTurn` names; undefined where none is.
   */
  takeNext(
    admits: (item: T) => boolean,
    outOfTurn: (principal: unknown) => T | undefined = () => undefined,
  ): T | undefined {
    for (const { key, member } of this.#principals.inOrder) {
      const next = member.flows.inOrder[0].member[0].item;
      const item = [next, outOfTurn(key)].find((one) => one !== undefined && admits(one));
      const waiting = item && member.flows.get(item.caller.flow);
      if (!waiting) continue;
      const at = waiting.findIndex((entry) => entry.item === item);
      this.#principals.advance(key);
      this.#spend(key, item.caller.flow, waiting, at);
      this.#forgetIdle();
      return item;
    }
    return undefined;
  }

  /** Principals that asked for something lately, whether or not they wait now: at least one. */
  get callers(): number {
    return Math.max(1, this.#active.size);
  }

  /**
   * False where one principal (or flow, where there is but one) alone waits while others are active: what would be handed over
   * ahead of time is what their next item, which may come at any moment, waits for.
   */
  get isShared(): boolean {
    if (this.callers > 1) return this.#principals.size > 1;
    const [only] = this.#principals.inOrder;
    return !only || only.member.active.size <= 1 || only.member.flows.size > 1;
  }

  /**
   * Number of waiting items that a further worker would shorten the wait of: the number of waiting callers, or the waiting items
   * per active caller, whichever is more. It is 1 where one of several callers sends all that it has: the others' next items wait
   * less for a worker that is soon free.
   */
  get crowd(): number {
    const principals = this.callers;
    const waiting = this.#principals.inOrder;
    const isOne = principals === 1 && waiting.length === 1;
    const [callers, active] = isOne
      ? [waiting[0].member.flows.size, Math.max(1, waiting[0].member.active.size)]
      : [waiting.length, principals];
    return Math.max(callers, Math.floor(this.#size / active));
  }

  /** Takes the next item that fits a batch; false where none does. */
  #takeNext(batch: Batch<T>, fits: (item: T) => boolean): boolean {
    for (const { key, member } of this.#principals.inOrder) {
      if (!batch.admitsPrincipal(key)) continue;
      const activeFlows = member.active.size;
      for (const { key: flow, member: waiting } of member.flows.inOrder) {
        if (!batch.admitsFlow(key, flow, activeFlows)) continue;
        const at = waiting.findIndex(({ item }) => fits(item));
        if (at < 0) continue;
        const { item } = waiting[at];
        batch.add(item);
        this.#spend(key, flow, waiting, at);
        return true;
      }
    }
    return false;
  }

  /** An item has its turn. */
  #spend(principal: unknown, flow: unknown, waiting: Flow<T>, at: number): void {
    const { cost = 1 } = waiting[at].item;
    const { rank } = waiting[0];
    const flows = this.#principals.get(principal)?.flows;
    flows?.advance(flow);
    flows?.spend(flow, cost, rank);
    this.#principals.spend(principal, cost, flows?.firstRank ?? rank);
    this.#takeOut({ principal, flow }, waiting, at);
  }

  #takeOut({ principal, flow }: Caller, waiting: Flow<T>, at: number): void {
    waiting.splice(at, 1);
    this.#size--;
    const flows = this.#principals.get(principal)?.flows;
    if (!flows) return;
    if (waiting.length === 0) flows.leave(flow);
    else flows.rerank(flow, waiting[0].rank);
    if (flows.firstRank) this.#principals.rerank(principal, flows.firstRank);
    else this.#principals.leave(principal);
  }

  /** Principals that neither wait nor asked for something lately keep nothing here. */
  #forgetIdle(): void {
    if (this.#known.size <= 2 * this.#active.size + KEPT_PRINCIPALS) return;
    for (const [key] of this.#known)
      if (!this.#principals.get(key) && !this.#active.has(key)) this.#known.delete(key);
  }
}

/** A batch that is being put together, within everyone's share of it. */
class Batch<T extends Queueing> {
  readonly items: T[] = [];
  readonly #share: number;
  readonly #byPrincipal = new Map<unknown, { count: number; readonly flows: Map<unknown, number> }>();

  constructor(
    private readonly most: number,
    principals: number,
  ) {
    this.#share = Math.ceil(most / principals);
  }

  get hasRoom(): boolean {
    return this.items.length < this.most;
  }

  admitsPrincipal(key: unknown): boolean {
    return (this.#byPrincipal.get(key)?.count ?? 0) < this.#share;
  }

  admitsFlow(key: unknown, flow: unknown, activeFlows: number): boolean {
    const had = this.#byPrincipal.get(key)?.flows.get(flow) ?? 0;
    return had < Math.ceil(this.#share / Math.max(1, activeFlows));
  }

  add(item: T): void {
    const { principal, flow } = item.caller;
    const taken = this.#byPrincipal.get(principal) ?? { count: 0, flows: new Map<unknown, number>() };
    this.#byPrincipal.set(principal, taken);
    taken.count++;
    taken.flows.set(flow, (taken.flows.get(flow) ?? 0) + 1);
    this.items.push(item);
  }
}

function newPrincipal<T extends Queueing>(): Principal<T> {
  return { flows: new Turns(), active: new Recent(ACTIVE_MS, hasEnded) };
}

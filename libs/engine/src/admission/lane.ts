import type { TriptychError } from '@triptych/core';
import { overloaded } from './overloaded.js';
import { Pace } from './pace.js';
import { Room, type Wanted } from './room.js';
import { Shares } from './shares.js';

/** What waits for each other: items of one model and modality. */
export interface LaneName {
  readonly model: string;
  /** `audio`, `image` or `text`. */
  readonly modality: string;
}

/** Bounds of a lane. */
export interface LaneLimits {
  /** Items that may be prepared or computed at a time, and items of unary calls that one principal may bring. */
  readonly items: number;
  /** Items of unary calls of all principals. */
  readonly allItems: number;
}

/** Who wants an item. */
export interface WantedItem extends Wanted {
  /** What the item takes, in units of a usual one. */
  readonly cost: number;
}

/** A call is counted as no more than this part of what its principal may bring: beside the largest one there is room for a small one. */
const PART_OF_LARGEST = 0.75;
/** Part of the time to a deadline that calls are let in for: estimates are no more than that. */
const PART_OF_DEADLINE = 0.75;

/**
 * The items of one model and modality that are in the house. Unary calls are let in by what their principal has here already;
 * every item, of a stream too, then waits for a place to be prepared and computed in, in a fair order.
 */
export class Lane {
  #pace = new Pace();
  readonly #brought: Shares<unknown>;
  readonly #places: Room;
  /**
   * Room for what a principal's streams have made of their messages, and that is not computed: a thousand streams make no more ahead
   * than a few that would fill the places.
   */
  readonly ahead: Room;
  /** Cost of what waits and what has a place, by principal. */
  readonly #work = new Map<unknown, number>();
  #cost = 0;
  #items = 0;

  constructor(
    readonly name: LaneName,
    private readonly limits: LaneLimits,
  ) {
    const { items, allItems } = limits;
    this.#brought = new Shares({ capacity: allItems, most: items, floor: Math.ceil(items / 16) });
    this.#places = new Room({ capacity: items });
    this.ahead = new Room({ capacity: Infinity, most: items });
  }

  /** Items that have a place, items that wait for one, and windows that streams have made and that are not computed. */
  get depth(): { readonly places: number; readonly waiting: number; readonly ahead: number } {
    const { shares, waiting } = this.#places;
    return { places: shares.taken, waiting, ahead: this.ahead.shares.taken };
  }

  forgetPace(): void {
    this.#pace = new Pace();
    this.#pace.started();
  }

  /** Throws OVERLOADED where a unary call of a principal is not let in. */
  check(principal: unknown, items: number, cost: number, deadline: number): void {
    const held = this.#brought.held(principal);
    if (!this.#brought.fits(principal, this.#counted(items))) throw this.#full(principal, held);
    const left = deadline - Date.now();
    const expected = this.#expectedMs(principal, cost);
    if (this.#items > 0 && expected > left * PART_OF_DEADLINE) {
      throw overloaded(
        `${this.#items} items are in work for ${this.#title}, your part of it would take some ` +
          `${Math.round(expected)} ms, and the deadline is in ${Math.round(left)} ms`,
        expected - left * PART_OF_DEADLINE,
      );
    }
  }

  /** Counts the items of a unary call in; what is returned counts them out. */
  bring(principal: unknown, items: number): () => void {
    return this.#brought.take(principal, this.#counted(items));
  }

  /** Runs `work` in a place of this lane, once there is one. Throws what its signal aborts with. */
  async item<T>(wanted: WantedItem, work: () => Promise<T>): Promise<T> {
    const { caller, cost } = wanted;
    if (this.#items === 0) this.#pace.started();
    this.#count(caller.principal, cost, 1);
    try {
      const leave = await this.#places.wait(wanted, 1);
      try {
        const result = await work();
        this.#pace.completed(cost);
        return result;
      } catch (thrown) {
        // It took time that nothing was done in: what is done next is not measured by it.
        this.#pace.started();
        throw thrown;
      } finally {
        leave();
      }
    } finally {
      this.#count(caller.principal, -cost, -1);
    }
  }

  /** What a principal's work takes until it is done, with so much more of it: the others get turns meanwhile. */
  #expectedMs(principal: unknown, cost: number): number {
    const own = (this.#work.get(principal) ?? 0) + cost;
    const others = this.#work.size - Number(this.#work.has(principal));
    return Math.min(this.#cost + cost, (others + 1) * own) * this.#pace.msPerCost;
  }

  #full(principal: unknown, held: number): TriptychError {
    const { items, allItems } = this.limits;
    const what =
      held > 0
        ? `${held} of your items are in work for ${this.#title}, at most ${items} may be, and no more than stay free for others`
        : `${this.#brought.taken} items are in work for ${this.#title}, at most ${allItems} may be`;
    return overloaded(what, this.#expectedMs(principal, 0));
  }

  get #title(): string {
    return `${this.name.modality}s of ${this.name.model}`.replace('audios', 'audio');
  }

  #counted(items: number): number {
    return Math.min(items, Math.ceil(this.limits.items * PART_OF_LARGEST));
  }

  #count(principal: unknown, cost: number, items: number): void {
    this.#items += items;
    this.#cost = this.#items === 0 ? 0 : this.#cost + cost;
    const work = (this.#work.get(principal) ?? 0) + cost;
    // Sums of fractions do not come back to 0 exactly.
    if (work > 1e-6) this.#work.set(principal, work);
    else this.#work.delete(principal);
  }
}

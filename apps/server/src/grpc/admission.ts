import { TriptychError } from '@triptych/core';

/** What a unary call asks for. */
export interface Admitted {
  /** Calls of one lane wait for each other: a model's modality. */
  readonly lane: string;
  readonly items: number;
  readonly bytes: number;
  /** Milliseconds since the epoch; Infinity where there is none. */
  readonly deadline: number;
}

interface Lane {
  items: number;
  /** What an item takes while others are in work too: a moving average. */
  msPerItem: number;
}

/** Weight of the newest call in the moving average. */
const SMOOTHING = 0.05;
/** Share of the time to a deadline that calls are let in for: estimates are no more than that. */
const PART_OF_DEADLINE = 0.75;

/**
 * Bounds what unary calls may have in the server at a time, from their arrival to their answer. Beyond it, and where what is
 * in work would take until after its deadline, a call is refused at once: a client that is told to come back is better
 * off than one that waits in a line too long, and what is computed is still wanted.
 */
export class Admission {
  #items = 0;
  #bytes = 0;
  readonly #lanes = new Map<string, Lane>();

  constructor(private readonly limits: { readonly maxItems: number; readonly maxBytes: number }) {}

  /** Runs `work` with its items counted in. Throws OVERLOADED where they do not fit; alone, any batch does. */
  async run<T>(call: Admitted, work: () => Promise<T>): Promise<T> {
    const lane = this.#lane(call.lane);
    this.#check(call, lane);
    const { items, bytes } = call;
    this.#items += items;
    this.#bytes += bytes;
    lane.items += items;
    const depth = lane.items;
    const started = performance.now();
    try {
      const result = await work();
      const sample = (performance.now() - started) / Math.max(1, depth);
      lane.msPerItem += (lane.msPerItem === 0 ? 1 : SMOOTHING) * (sample - lane.msPerItem);
      return result;
    } finally {
      this.#items -= items;
      this.#bytes -= bytes;
      lane.items -= items;
    }
  }

  /**
   * Throws OVERLOADED where no call of a modality would be let in, whatever it holds: what it sends need not be read. Lanes are
   * named MODEL/MODALITY.
   */
  checkAny(modality: string, deadline: number): void {
    const lanes = [...this.#lanes].filter(([name]) => name.split('/')[1] === modality);
    let refusal: TriptychError | undefined;
    for (const [name, lane] of lanes) {
      try {
        this.#check({ lane: name, items: 1, bytes: 0, deadline }, lane);
        return;
      } catch (thrown) {
        refusal = TriptychError.from(thrown);
      }
    }
    if (refusal) throw refusal;
  }

  #check({ items, bytes, deadline }: Admitted, lane: Lane): void {
    const { maxItems, maxBytes } = this.limits;
    if (this.#items > 0 && (this.#items + items > maxItems || this.#bytes + bytes > maxBytes)) {
      throw new TriptychError(
        'OVERLOADED',
        `${this.#items} items are in work, at most ${maxItems} or ${maxBytes} bytes may be; try again later`,
      );
    }
    const left = deadline - Date.now();
    const expected = (lane.items + items) * lane.msPerItem;
    if (lane.items > 0 && expected > left * PART_OF_DEADLINE) {
      throw new TriptychError(
        'OVERLOADED',
        `${lane.items} items are in work, which takes some ${Math.round(expected)} ms, and the deadline is in ` +
          `${Math.round(left)} ms; try again later`,
      );
    }
  }

  #lane(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known) return known;
    const lane = { items: 0, msPerItem: 0 };
    this.#lanes.set(name, lane);
    return lane;
  }
}

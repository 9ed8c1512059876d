import { type Caller, TriptychError } from '@triptych/core';
import { Arrivals, type Arriving } from './arrivals.js';
import { Lane, type LaneLimits, type LaneName, type WantedItem } from './lane.js';
import { overloaded } from './overloaded.js';
import { Room } from './room.js';

/** Items that a call brings to a lane. */
export interface Load extends LaneName {
  readonly items: number;
  /** What they take, in units of a usual item. */
  readonly cost: number;
}

/** What a unary call asks for. */
export interface Admitted {
  readonly caller: Caller;
  /** Milliseconds since the epoch; Infinity where there is none. */
  readonly deadline: number;
  /** Of its message, as it is kept until the call ends. */
  readonly bytes: number;
  readonly loads: readonly Load[];
  /** Of the message that they came in, where that is known to be more. */
  readonly messageBytes?: number | undefined;
}

export interface AdmissionLimits extends LaneLimits {
  /** Bytes of what is in work: messages of unary calls, and of streams that carry whole items. */
  readonly bytes: number;
}

/** A principal may hold this part of all bytes wherever there is room: small calls pass beside the largest. */
const PART_OF_BYTES = 1 / 64;

/**
 * Bounds what clients may have in the server at a time, so that no principal takes the whole of it: items and cost for each model
 * and modality, bytes over all. A unary call that does not fit, or would not be done by its deadline, is refused at once:
 * a client that is told to come back is better off than one that waits in a line too long. What a stream sends waits instead.
 */
export class Admission {
  readonly #lanes = new Map<string, Lane>();
  readonly #bytes: Room;
  readonly #arrivals: Arrivals;
  /** Items of each flow that are in work. */
  readonly #flows = new Map<unknown, number>();

  constructor(
    private readonly limits: AdmissionLimits,
    lanes: readonly LaneName[],
    /** Whether calls of a modality may name a model that is not loaded, and has no lane yet. */
    private readonly isOnStandby: (modality: string) => boolean = () => false,
  ) {
    this.#bytes = new Room({ capacity: limits.bytes, floor: limits.bytes * PART_OF_BYTES }, (principal) =>
      this.#arrivals.wantedFirst(principal),
    );
    this.#arrivals = new Arrivals(this.#bytes, (principal) => this.#tooManyBytes(principal, 0));
    this.serve(lanes);
  }

  /** Has these lanes, and no others: items may be in work for those that are no new ones. */
  serve(lanes: readonly LaneName[]): void {
    const keys = new Set(lanes.map(keyOf));
    for (const key of this.#lanes.keys()) if (!keys.has(key)) this.#lanes.delete(key);
    for (const name of lanes)
      if (!this.#lanes.has(keyOf(name))) this.#lanes.set(keyOf(name), new Lane(name, this.limits));
  }

  /** Other models are served by the names of these lanes: what items took before says nothing of them. */
  forgetPace(lanes: readonly LaneName[]): void {
    for (const name of lanes) this.#lanes.get(keyOf(name))?.forgetPace();
  }

  /** What is in work. */
  get lanes(): Iterable<Lane> {
    return this.#lanes.values();
  }

  get bytes(): number {
    return this.#bytes.shares.taken;
  }

  /** Whether a flow has items in work. */
  isWorking(flow: unknown): boolean {
    return this.#flows.has(flow);
  }

  /** Runs a unary call, counted in. Throws OVERLOADED where it does not fit. */
  async run<T>(
    { caller, deadline, bytes: seen, messageBytes = 0, loads }: Admitted,
    work: () => Promise<T>,
  ): Promise<T> {
    const { principal } = caller;
    const bytes = Math.max(seen, messageBytes);
    this.#checkBytes(principal, bytes);
    for (const { items, cost, ...name } of loads) this.#lane(name).check(principal, items, cost, deadline);
    const leave = [
      this.#bytes.take(principal, bytes),
      ...loads.map(({ items, ...name }) => this.#lane(name).bring(principal, items)),
    ];
    try {
      return await work();
    } finally {
      for (const one of leave) one();
    }
  }

  /** Runs the work of one item, of a unary call or a stream, once its lane has a place for it. */
  async item<T>(name: LaneName, wanted: WantedItem, work: () => Promise<T>): Promise<T> {
    const { flow } = wanted.caller;
    this.#flows.set(flow, (this.#flows.get(flow) ?? 0) + 1);
    try {
      return await this.#lane(name).item(wanted, work);
    } finally {
      const left = (this.#flows.get(flow) ?? 1) - 1;
      if (left > 0) this.#flows.set(flow, left);
      else this.#flows.delete(flow);
    }
  }

  /** Room for what each principal's streams make ahead of the places of a lane. */
  ahead(name: LaneName): Room {
    return this.#lane(name).ahead;
  }

  /** Counts what comes of a call's messages. */
  arriving(caller: Caller): Arriving {
    return this.#arrivals.of(caller);
  }

  /**
   * Throws OVERLOADED where no call of these modalities would be let in, whatever it holds and whichever model it names: what
   * it sends need not be read.
   */
  checkAny(principal: unknown, modalities: readonly string[], deadline: number): void {
    this.#checkBytes(principal, 0);
    const lanes = [...this.#lanes.values()].filter(({ name }) => modalities.includes(name.modality));
    let refusal: TriptychError | undefined;
    for (const lane of lanes) {
      try {
        lane.check(principal, 1, 0, deadline);
        return;
      } catch (thrown) {
        refusal = TriptychError.from(thrown);
      }
    }
    if (refusal && !modalities.some(this.isOnStandby)) throw refusal;
  }

  #checkBytes(principal: unknown, bytes: number): void {
    if (!this.#bytes.shares.fits(principal, bytes)) throw this.#tooManyBytes(principal, bytes);
  }

  #tooManyBytes(principal: unknown, bytes: number): TriptychError {
    const { shares } = this.#bytes;
    return overloaded(
      `${shares.held(principal)} bytes of yours are in work, ${shares.taken} of all callers${bytes > 0 ? `, and ${bytes} came` : ''}; ` +
        `at most ${this.limits.bytes} may be, and of one caller no more than stay free for others`,
    );
  }

  #lane(name: LaneName): Lane {
    const lane = this.#lanes.get(keyOf(name));
    if (!lane) throw new TriptychError('INTERNAL', `no lane for ${name.modality} of ${name.model}`);
    return lane;
  }
}

function keyOf({ model, modality }: LaneName): string {
  return `${modality} ${model}`;
}

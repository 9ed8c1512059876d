import { randomBytes } from 'node:crypto';
import { TriptychError } from '@triptych/core';
import { overloaded, Shares } from '@triptych/engine';
import type { FlightData } from '@triptych/protocol';

/** How long rows are kept that nobody has fetched. */
const KEPT_MS = 5 * 60_000;
/** What is counted of anything that is kept, however little it is: so the number of it is bounded, too. */
const LEAST_BYTES = 16 * 1024;

interface Kept {
  readonly ticket: string;
  readonly data: readonly FlightData[];
  /** Calls that read them. */
  readers: number;
  /** Nobody may begin to read them any more. */
  isOver: boolean;
  /** Ends that, and counts them out once nobody reads them. */
  readonly drop: () => void;
}

/**
 * Rows that DoPut encoded, until DoGet has fetched them or five minutes have passed. All callers share what there is room for; a ticket of 128
 * random bits is all that it takes to fetch them.
 */
export class KeptRows {
  readonly #kept = new Map<string, Kept>();
  readonly #shares: Shares<unknown>;

  constructor(private readonly mostBytes: number) {
    this.#shares = new Shares({ capacity: mostBytes, floor: LEAST_BYTES });
  }

  /** Bytes of all that is kept. */
  get bytes(): number {
    return this.#shares.taken;
  }

  /** Collects what one call encodes: {@link Collecting.keep} or {@link Collecting.drop} it. */
  collect(principal: unknown): Collecting {
    if (this.mostBytes === 0)
      throw new TriptychError(
        'NOT_IMPLEMENTED',
        'this server keeps no rows (--flight-kept-bytes 0); use DoExchange',
      );
    return new Collecting(this.#shares, principal, (data, leave) => this.#keep(data, leave));
  }

  /** Gives the rows to `write`, and forgets them once it has taken all. They stay counted while they are read. Throws TICKET_UNKNOWN. */
  async read(ticket: Uint8Array, write: (data: FlightData) => Promise<void>): Promise<void> {
    const kept = this.#find(ticket);
    kept.readers++;
    try {
      for (const data of kept.data) await write(data);
      kept.isOver = true;
    } finally {
      kept.readers--;
      // Their time may have come meanwhile.
      if (kept.isOver) kept.drop();
    }
  }

  /** Nobody wants them. Throws TICKET_UNKNOWN. */
  drop(ticket: Uint8Array): void {
    this.#find(ticket).drop();
  }

  close(): void {
    for (const { drop } of this.#kept.values()) drop();
  }

  #keep(data: readonly FlightData[], leave: () => void): Kept {
    const ticket = randomBytes(16).toString('hex');
    const drop = () => {
      clearTimeout(timer);
      kept.isOver = true;
      this.#kept.delete(ticket);
      if (kept.readers === 0) leave();
    };
    const timer = setTimeout(drop, KEPT_MS).unref();
    const kept: Kept = { ticket, data, readers: 0, isOver: false, drop };
    this.#kept.set(ticket, kept);
    return kept;
  }

  #find(ticket: Uint8Array): Kept {
    const kept = ticket.length <= 64 ? this.#kept.get(Buffer.from(ticket).toString('latin1')) : undefined;
    if (kept) return kept;
    throw new TriptychError(
      'TICKET_UNKNOWN',
      'nothing is kept under this ticket: DoPut gives tickets, for one reading within five minutes',
      { field: 'ticket' },
    );
  }
}

/** Rows of one call, counted while they come. */
export class Collecting {
  readonly #data: FlightData[] = [];
  readonly #endings: (() => void)[] = [];
  #kept: Kept | undefined;

  constructor(
    private readonly shares: Shares<unknown>,
    private readonly principal: unknown,
    private readonly hand: (data: readonly FlightData[], leave: () => void) => Kept,
  ) {
    this.#count(LEAST_BYTES);
  }

  /** Throws OVERLOADED where there is no room. */
  add(data: FlightData): void {
    this.#count((data.dataHeader?.length ?? 0) + (data.dataBody?.length ?? 0));
    this.#data.push(data);
  }

  /** Their ticket. */
  keep(): string {
    this.#kept = this.hand(this.#data, () => this.#leave());
    return this.#kept.ticket;
  }

  /** Forgets them, though they have a ticket already. */
  drop(): void {
    if (this.#kept) this.#kept.drop();
    else this.#leave();
  }

  #leave(): void {
    for (const leave of this.#endings.splice(0)) leave();
  }

  #count(bytes: number): void {
    const { shares, principal } = this;
    if (!shares.fits(principal, bytes))
      throw overloaded(
        `${shares.held(principal)} bytes of rows are kept for you, ${shares.taken} for all callers: fetch yours with DoGet, put fewer at a ` +
          'time, or use DoExchange, which keeps none',
      );
    this.#endings.push(shares.take(principal, bytes));
  }
}

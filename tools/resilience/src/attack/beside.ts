import { setTimeout as sleep } from 'node:timers/promises';
import type { AttackReport, Extent } from './attack.js';
import { type BystanderKind, Bystanders } from './bystanders.js';
import { compare } from './compare.js';
import { EventLoopWatch } from './event-loop.js';
import { startTarget } from './target.js';
import type { ServedProcess } from '../served-process.js';

export interface BesideOptions {
  readonly extent: Extent;
  /** Attacks until `isOver`; may also be done before. What it throws fails the attack. */
  readonly attack: (server: ServedProcess, isOver: () => boolean) => Promise<unknown>;
  /** Which bystanders. Default: all. */
  readonly kinds?: readonly BystanderKind[];
  /** Flags of the server beside the defaults. */
  readonly flags?: readonly string[];
  /** Most that the server's memory may have grown by a minute after the attack, in MB. Default: 100. */
  readonly grownMb?: number;
  /** Most that it may have grown by meanwhile, in MB. Default: whatever it takes. */
  readonly mostMb?: number;
  /** Longest that the server's event loop may stand still meanwhile, in milliseconds. Default: it is not looked at. */
  readonly stillMs?: number;
  readonly token?: string;
  /** A p99 of so many milliseconds is fast enough, whatever it was alone. Default: 300. */
  readonly enoughMs?: number;
}

/** Seconds of one measurement. */
const SECONDS: Readonly<Record<Extent, number>> = { sample: 8, full: 30 };
const ENOUGH_MS = 300;
/** One caller, however much it asks for, makes nobody else wait for more than three times as long as alone. */
export const THREE_TIMES = { enoughMs: 0 };
/** What any input of less than 1 MB may cost while it is there, and how long the event loop may stand still for it. */
export const COSTS_OF_ONE_INPUT = { mostMb: 200, stillMs: 100 };
/** How long memory gets to come back. */
const RETURN_MS = 60_000;

/**
 * Measures bystanders of a fresh server alone, then beside an attack that runs in this process, at the same priority, and holds
 * them to: p99 of every kind at most three times of before, or 300 ms where nothing else is asked; at most 1 % refused; no stream ended; no WORKER_LOST.
 */
export async function besideAttackers(options: BesideOptions): Promise<AttackReport> {
  const { extent, attack, kinds, flags = [], grownMb = 100, mostMb = Infinity, stillMs, token } = options;
  const loop = stillMs === undefined ? undefined : await EventLoopWatch.make();
  const server = await startTarget([...flags, ...(loop?.flags ?? [])]);
  const bystanders = await Bystanders.start(server.address, kinds, token);
  try {
    // The first calls of a server are slower than any later.
    await bystanders.measure(3);
    const alone = await bystanders.measure(SECONDS[extent]);
    const before = server.rssMb();
    await loop?.longestMs();
    let isOver = false;
    const attacking = attack(server, () => isOver);
    const peak = watchPeak(server);
    const beside = await bystanders.measure(SECONDS[extent]);
    const still = await loop?.longestMs();
    isOver = true;
    await attacking;
    const most = peak.stop();
    const after = await settled(server, before + grownMb, RETURN_MS);
    const { facts, problems, slow } = compare(alone, beside, options.enoughMs ?? ENOUGH_MS);
    const memory = {
      'RSS before, MB': before,
      'RSS at most, MB': most,
      'RSS after, MB': after,
      ...(still === undefined ? {} : { 'event loop stood still at most, ms': still }),
    };
    const kept =
      after > before + grownMb ? [`${(after - before).toFixed(0)} MB more than before are kept`] : [];
    const taken =
      most > before + mostMb ? [`${(most - before).toFixed(0)} MB more meanwhile, asked ${mostMb}`] : [];
    const stood =
      still !== undefined && stillMs !== undefined && still > stillMs
        ? [`the event loop stood still for ${still.toFixed(0)} ms, asked ${stillMs}`]
        : [];
    return {
      facts: { ...facts, ...memory },
      problems: [...problems, ...kept, ...taken],
      slow: [...(slow ?? []), ...stood],
    };
  } finally {
    await bystanders.stop();
    await server.stop();
  }
}

/** The highest memory of a server until it is stopped. */
export function watchPeak(server: ServedProcess): { readonly stop: () => number } {
  let most = server.rssMb();
  const timer = setInterval(() => {
    if (server.isRunning) most = Math.max(most, server.rssMb());
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return most;
    },
  };
}

/** Memory once it is below a bound, or after the time that it gets for that. */
export async function settled(server: ServedProcess, boundMb: number, withinMs: number): Promise<number> {
  const until = performance.now() + withinMs;
  let mb = server.rssMb();
  // A second look after the last would be another number: decoders come and go.
  for (; mb > boundMb && performance.now() < until; mb = server.rssMb()) await sleep(250);
  return mb;
}

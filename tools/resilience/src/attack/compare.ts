import type { AttackReport } from './attack.js';
import { type BystanderKind, bystanderKinds } from './bystander-kinds.js';

/** What bystanders of one kind met. */
export interface Met {
  /** Milliseconds of each call that was answered. */
  readonly latencies: readonly number[];
  /** Reasons of calls that were not, and of streams that ended. */
  readonly failures: Readonly<Record<string, number>>;
}

export type Measured = Readonly<Partial<Record<BystanderKind, Met>>>;

/** p99 beside an attack is at most so many times of alone. */
const TIMES = 3;
/** Share of calls that may be refused. */
const REFUSED = 0.01;

/** What bystanders met beside an attack, held against what they met alone. A p99 of `enoughMs` is fast enough, whatever it was alone. */
export function compare(alone: Measured, beside: Measured, enoughMs: number): AttackReport {
  const facts: Record<string, number | string> = {};
  const problems: string[] = [];
  const slow: string[] = [];
  for (const kind of bystanderKinds) {
    const [before, now] = [alone[kind], beside[kind]];
    if (!before || !now) continue;
    const [p99Alone, p99] = [p99Of(before), p99Of(now)];
    const failed = Object.entries(now.failures);
    const count = failed.reduce((sum, [, times]) => sum + times, 0);
    const share = count / Math.max(1, count + now.latencies.length);
    const reasons = failed.map(([reason, times]) => `${times} × ${reason}`).join(', ');
    facts[`${kind}: p99 alone → beside, ms`] =
      `${p99Alone.toFixed(0)} → ${p99.toFixed(0)} (${now.latencies.length} answers${reasons && `; ${reasons}`})`;
    const most = Math.max(TIMES * p99Alone, enoughMs);
    if (!(p99 <= most)) slow.push(`${kind}: p99 ${p99.toFixed(0)} ms, asked ${most.toFixed(0)}`);
    if (share > REFUSED) problems.push(`${kind}: ${(100 * share).toFixed(1)} % failed (${reasons})`);
    for (const reason of ['WORKER_LOST', 'STREAM_ENDED'])
      if (now.failures[reason]) problems.push(`${kind}: ${now.failures[reason]} × ${reason}`);
  }
  return { facts, problems, slow };
}

/** NaN where nothing was answered. */
function p99Of({ latencies }: Met): number {
  const sorted = [...latencies].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(0.99 * sorted.length))] ?? NaN;
}

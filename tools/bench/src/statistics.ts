import type { Timing__Output } from '@triptych/protocol';

/** The q-quantile of some measurements; 0.5 is the median. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/**
 * The order of `count` things in a round: over `count` rounds (an even number), each comes once at each place, and behind each of the
 * others equally often. A square of Williams, "Experimental designs balanced for the estimation of residual effects" (1949).
 */
export function balancedOrder(count: number, round: number): number[] {
  return Array.from({ length: count }, (_, place) => {
    const first = place % 2 ? (place + 1) / 2 : -place / 2;
    return (((first + round) % count) + count) % count;
  });
}

/** Milliseconds that `work` takes. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** What a server says that it spent on an item: preparing it, having it wait, and computing it. */
export function timedMs(
  timing: Pick<Timing__Output, 'preprocessUs' | 'queueUs' | 'inferenceUs'> | null = null,
): number {
  const { preprocessUs, queueUs, inferenceUs } = timing ?? { preprocessUs: 0, queueUs: 0, inferenceUs: 0 };
  return (Number(preprocessUs) + Number(queueUs) + Number(inferenceUs)) / 1000;
}

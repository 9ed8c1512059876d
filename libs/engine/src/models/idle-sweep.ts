const OFTEST_MS = 50;
const RAREST_MS = 10_000;

/** Looks every now and then for what has been idle for so long; 0: never. What is returned ends it. */
export function idleSweep(idleMs: number, sweep: () => void): () => void {
  if (idleMs === 0) return () => undefined;
  const timer = setInterval(sweep, Math.min(RAREST_MS, Math.max(OFTEST_MS, idleMs / 4))).unref();
  return () => clearInterval(timer);
}

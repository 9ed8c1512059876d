/** Sessions take some seconds to be made, and a run takes less. */
const LONGEST_REST_MS = 30_000;

let ending: Promise<never> | undefined;

/**
 * Ends this process with its first call's exit code, once no native code runs in a thread, which the end of the process would take from under
 * it. What becomes of the work now is nobody's concern: {@link unlessEnding}.
 */
export function endProcess(code: number): Promise<never> {
  return (ending ??= end(code));
}

/** Resolves at once, or never where the process is being ended. */
export async function unlessEnding(): Promise<void> {
  await ending;
}

async function end(code: number): Promise<never> {
  // Not at the top: who listens for signals does so before anything else is loaded.
  const { restNativeThreads } = await import('@triptych/core');
  await restNativeThreads(LONGEST_REST_MS);
  process.exit(code);
}

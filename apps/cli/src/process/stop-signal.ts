const signals = ['SIGINT', 'SIGTERM'] as const;

/** Resolves with the first SIGINT or SIGTERM from now on. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const signal of signals) process.off(signal, stop);
      resolve();
    };
    for (const signal of signals) process.on(signal, stop);
  });
}

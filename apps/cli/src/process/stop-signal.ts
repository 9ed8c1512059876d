import { endProcess } from './end-process.js';

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

/** Resolves with the first signal, which lets what is being done finish; a second one ends this process. */
export function firstStopSignal(): Promise<void> {
  const first = stopSignal();
  void first.then(() => stopSignal()).then(() => endProcess(130));
  return first;
}

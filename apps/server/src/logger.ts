import { pino, type Logger as PinoLogger } from 'pino';
import sonicBoom from 'sonic-boom';
import type { LogLevel } from './config/settings/operation.js';

/** What may wait for whoever reads the log; beyond it lines are dropped, and counted. */
const MOST_WAITING_BYTES = 1024 * 1024;

/**
 * JSON lines on standard error: standard output belongs to what the command prints. Whoever reads them may stall, and the
 * disk behind them may be full: neither stops the server. How many lines were lost is logged once they are read again.
 */
export function createLogger(level: LogLevel): PinoLogger {
  // Not pino's own destination: where every write fails, its last flush never ends.
  const destination = new sonicBoom.SonicBoom({ fd: 2, sync: false, maxLength: MOST_WAITING_BYTES });
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  let lost = 0;
  let isFailing = false;
  destination.on('drop', () => lost++);
  // What could not be written is tried again with the next line.
  destination.on('error', () => (isFailing = true));
  destination.on('write', () => {
    isFailing = false;
    if (lost === 0) return;
    const lines = lost;
    lost = 0;
    logger.warn({ lines }, 'log lines lost');
    // That line may be lost too: it will be told again.
    if (lost > 0) lost = lines;
  });
  process.once('exit', () => {
    if (!isFailing) destination.flushSync();
  });
  return logger;
}

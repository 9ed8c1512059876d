import { pino, type Logger as PinoLogger } from 'pino';
import type { LogLevel } from './config/settings.js';

/** JSON lines on standard error: standard output belongs to what the command prints. */
export function createLogger(level: LogLevel): PinoLogger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
}

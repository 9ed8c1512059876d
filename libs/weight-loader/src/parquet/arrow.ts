import { createRequire } from 'node:module';
import type * as Arrow from 'apache-arrow';

/**
 * apache-arrow as the one-file build that its package ships: the same code, but a worker has it in 15 ms instead of
 * the 110 ms that its hundreds of modules take. Types come from the package's own entry.
 */
export const arrow = createRequire(import.meta.url)('apache-arrow/Arrow.es2015.min') as typeof Arrow;

import type { z } from 'zod';

/** One setting: its flag, its environment variable, and how its text is read. */
export interface Setting<T> {
  /** As commander takes it: `--listen <host:port>`. */
  readonly flag: string;
  readonly env: string;
  readonly default: T;
  /** One line, with the unit. */
  readonly description: string;
  /** May be given several times; in the environment, separated by commas. */
  readonly repeatable?: true;
  /** Names files: relative names in a configuration file are of its own folder. */
  readonly path?: true;
  readonly schema: z.ZodType<T, unknown>;
}

export const define = <T>(setting: Setting<T>): Setting<T> => setting;

import { catalogue, type ErrorCode, type Reason } from './catalogue.js';

/** A failure as it crosses a thread boundary. */
export interface ErrorRecord {
  readonly reason: Reason;
  readonly message: string;
  readonly field?: string | undefined;
  readonly stack?: string | undefined;
}

/** Something that a client can name. */
export interface Resource {
  /** `model`, `method`. */
  readonly type: string;
  readonly name: string;
}

/** A name that was asked for, and those that could have been. */
export interface Choice {
  /** undefined where none was given. */
  readonly found: string | undefined;
  readonly expected: readonly string[];
}

/** The one error type: a reason from the catalogue, and a message that says what was wrong and what was expected. */
export class TriptychError extends Error {
  override readonly name = 'TriptychError';
  readonly reason: Reason;
  /** Path of the offending field in the request or file, where there is one. */
  readonly field: string | undefined;
  /** What was asked for, where it is that which is missing or refused. */
  readonly resource: Resource | undefined;
  /** The names in the message, for whoever has others for the same. */
  readonly choice: Choice | undefined;
  /** When the same may succeed, where that is known. */
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: Reason,
    message: string,
    options: {
      field?: string | undefined;
      cause?: unknown;
      resource?: Resource | undefined;
      choice?: Choice | undefined;
      retryAfterMs?: number | undefined;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.field = options.field;
    this.resource = options.resource;
    this.choice = options.choice;
    this.retryAfterMs = options.retryAfterMs;
  }

  get code(): ErrorCode {
    return catalogue[this.reason].code;
  }

  get retryable(): boolean {
    return 'retryable' in catalogue[this.reason];
  }

  /** The same failure with its field's path placed below `prefix`, as in `clips[2]` + `data`. */
  within(prefix: string): TriptychError {
    const field = this.field === undefined ? prefix : `${prefix}.${this.field}`;
    const { cause, resource, choice, retryAfterMs } = this;
    return new TriptychError(this.reason, this.message, { field, cause, resource, choice, retryAfterMs });
  }

  toRecord(): ErrorRecord {
    return { reason: this.reason, message: this.message, field: this.field };
  }

  /** Anything thrown, to cross a thread boundary: what is not a TriptychError becomes INTERNAL with its stack. */
  static recordOf(thrown: unknown): ErrorRecord {
    if (thrown instanceof TriptychError) return thrown.toRecord();
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return { ...TriptychError.from(thrown).toRecord(), stack };
  }

  /** INTERNAL where it is no record. */
  static fromRecord(record: unknown): TriptychError {
    if (!isErrorRecord(record)) return new TriptychError('INTERNAL', 'internal error', { cause: record });
    const cause = record.stack === undefined ? undefined : new WorkerFault(record.stack);
    return new TriptychError(record.reason, record.message, { field: record.field, cause });
  }

  /** Anything thrown, as a TriptychError: what is not one already becomes `fallback` with the cause kept for the log. */
  static from(thrown: unknown, fallback: Reason = 'INTERNAL', message = 'internal error'): TriptychError {
    return thrown instanceof TriptychError ? thrown : new TriptychError(fallback, message, { cause: thrown });
  }
}

/** Whether what crossed a boundary is such a record: a process that was taken over may send anything. */
export function isErrorRecord(value: unknown): value is ErrorRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { reason, message, field = '', stack = '' } = value as Readonly<Record<string, unknown>>;
  const isReason = typeof reason === 'string' && Object.hasOwn(catalogue, reason);
  return isReason && [message, field, stack].every((one) => typeof one === 'string');
}

/** The stack of an error that was thrown on another thread. */
class WorkerFault extends Error {
  override readonly name = 'WorkerFault';
  constructor(stack: string) {
    super(stack.split('\n', 1)[0]);
    this.stack = stack;
  }
}

/** The text of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Logger, messageOf, problemOf, TriptychError } from '@triptych/core';
import { z } from 'zod';
import { fileState } from '../config/file-state.js';
import { explain } from '../config/schemas.js';
import { administrativeMethods } from './administrative.js';
import { METHOD_PATTERN } from './method-pattern.js';

/** A token as the file has it: its hash, never itself. */
export interface TokenEntry {
  /** Whose it is, for logs. */
  readonly name: string;
  /** sha256 of the token, lower-case hex. */
  readonly sha256: string;
  /** Methods that it may call, as in `/triptych.v1.AudioEncoder/*` or `*`. */
  readonly methods: readonly string[];
}

const schema = z.strictObject({
  tokens: z.array(
    z.strictObject({
      name: z.string().min(1),
      sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected sha256 in lower-case hex'),
      methods: z
        .array(z.string().regex(METHOD_PATTERN, 'expected *, /SERVICE/* or /SERVICE/METHOD'))
        .default(['*']),
    }),
  ),
});

const LOOK_AGAIN_MS = 1000;

/** sha256 of a token, as a token file has it. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The bearer tokens that are accepted. The file is read again when it changes; one that is broken then changes nothing. */
export class TokenFile {
  #byHash: ReadonlyMap<string, TokenEntry>;
  /** The file's when it was read last. */
  #state: string;
  /** What is wrong with the file that is there now: told once. */
  #problem: string | undefined;
  readonly #timer: NodeJS.Timeout;

  /** Throws CONFIG_INVALID. */
  constructor(
    private readonly path: string,
    private readonly logger: Logger,
  ) {
    this.#state = fileState(path);
    this.#byHash = readTokens(path);
    this.#timer = setInterval(() => this.#refresh(), LOOK_AGAIN_MS).unref();
  }

  /** The entry of an `authorization` value. Throws TOKEN_MISSING, or METHOD_DENIED where it may not call this method. */
  check(authorization: string | undefined, method: string): TokenEntry {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    // Looked up by its hash: how long that takes says nothing of the token.
    const entry = token === undefined ? undefined : this.#byHash.get(tokenHash(token));
    if (!entry) {
      const found = token === undefined ? 'there is none' : 'this one is not known';
      throw new TriptychError('TOKEN_MISSING', `expected "authorization: Bearer TOKEN"; ${found}`);
    }
    const service = method.slice(0, method.lastIndexOf('/') + 1);
    // A token that was made to call everything was not made to change what all others are served.
    const patterns = administrativeMethods.has(method) ? [method] : ['*', method, `${service}*`];
    if (entry.methods.some((allowed) => patterns.includes(allowed))) return entry;
    throw new TriptychError('METHOD_DENIED', `the token of ${entry.name} may not call ${method}`, {
      resource: { type: 'method', name: method },
    });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #refresh(): void {
    const state = fileState(this.path);
    if (state === this.#state) {
      this.#problem = undefined;
      return;
    }
    try {
      this.#byHash = readTokens(this.path);
      // Only now: what could not be read is tried again, or a token that was taken back would go on.
      this.#state = state;
      this.#problem = undefined;
      this.logger.info({ tokens: this.#byHash.size }, 'token file read again');
    } catch (thrown) {
      const problem = messageOf(thrown);
      if (problem === this.#problem) return;
      this.#problem = problem;
      this.logger.error({ problem }, 'token file cannot be read; the tokens before it stay');
    }
  }
}

/** The tokens of a file by their hashes. Throws CONFIG_INVALID. */
export function readTokens(path: string): ReadonlyMap<string, TokenEntry> {
  const invalid = (problem: string, cause: unknown) =>
    new TriptychError('CONFIG_INVALID', `${path}: ${problem}`, { cause });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw invalid(problemOf(cause), cause);
  }
  try {
    const { tokens } = schema.parse(JSON.parse(text));
    return new Map(tokens.map((entry) => [entry.sha256, entry]));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw invalid(`not JSON; ${EXPECTED}`, cause);
    if (!(cause instanceof z.ZodError)) throw invalid(messageOf(cause), cause);
    const wrong = cause.issues.map((issue) => `${fieldOf(issue.path)}: ${explain([issue])}`);
    throw invalid(`not a token file: ${wrong.join('; ')}; ${EXPECTED}`, cause);
  }
}

const EXPECTED = 'expected what `triptych token` makes: {"tokens": [{"name", "sha256", "methods"}]}';

function fieldOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'document' : path.join('.');
}

import type { CallError } from '@triptych/client';
import { fileProblem, messageOf, TriptychError } from '@triptych/core';

/** What a person is told of a failure. */
export interface Explanation {
  readonly message: string;
  /** Where in the program it happened; only of faults of the program itself. */
  readonly stack?: string;
}

/** The flag that sets a field of a request, where one does. */
const flags: Readonly<Record<string, string>> = {
  beams: '--beams',
  context: '--context',
  dimensions: '--dimensions',
  hop_ms: '--hop-ms',
  labels: '--labels',
  language: '--language',
  max_tokens: '--max-tokens',
  words: '--words',
  model: '--name',
  pooling: '--pooling',
  prompt: '--prompt',
  task: '--translate',
  temperature: '--temperature',
  template: '--template',
  window_ms: '--window-ms',
};

/** What a call that a server refused names as its reason, and what to do about it. */
const remedies: Readonly<Record<string, string>> = {
  TOKEN_MISSING: 'name one with --token or TRIPTYCH_TOKEN',
};

const UNAVAILABLE = 14;

/** Says what went wrong and whose fault it is: a user's mistake has no stack. */
export function explain(thrown: unknown): Explanation {
  if (thrown instanceof TriptychError && thrown.code !== 'internal') return { message: thrown.message };
  if (isCallError(thrown)) return { message: callMessage(thrown) };
  const problem = fileProblem(thrown);
  if (problem !== undefined) return { message: problem };
  return {
    message: messageOf(thrown),
    ...(thrown instanceof Error && thrown.stack !== undefined ? { stack: thrown.stack } : {}),
  };
}

/** True for a failed call. By its name: what calls nobody need not load a client. */
export function isCallError(thrown: unknown): thrown is CallError {
  return thrown instanceof Error && thrown.name === 'CallError';
}

function callMessage({ code, message, details }: CallError): string {
  if (!details)
    return code === UNAVAILABLE ? `the connection to the server is lost (${message.trim()})` : message;
  const field = details.violations[0]?.field.split('.').at(-1) ?? details.resource?.type ?? '';
  const flag = Object.hasOwn(flags, field) ? `${flags[field]}: ` : '';
  // Some say the field themselves.
  const told = flag !== '' && message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message;
  const remedy = Object.hasOwn(remedies, details.reason) ? `; ${remedies[details.reason]}` : '';
  return `${flag}${told}${remedy}`;
}

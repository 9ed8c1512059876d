/** Reasons of errors that no input may be answered with: the server's fault, whatever was sent. */
const REASONS = ['INTERNAL', 'WORKER_LOST', 'NOT_READY'];
/** The same of a call's status, beside DEADLINE_EXCEEDED where the call asked for no deadline of its own. */
const STATUSES = ['INTERNAL', 'UNKNOWN', 'UNAVAILABLE', 'DATA_LOSS'];

export function isFault(reason: string): boolean {
  return REASONS.includes(reason);
}

/** `status`: its name. */
export function isFaultyStatus(status: string): boolean {
  return STATUSES.includes(status);
}

/** The reason of a fault among the items of an answer, which is looked for in its bytes: reasons stand there as they are. */
export function faultIn(answer: Buffer): string | undefined {
  return REASONS.find((reason) => answer.includes(reason));
}

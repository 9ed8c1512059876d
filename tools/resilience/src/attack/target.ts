import { ServedProcess } from '../served-process.js';

/** A server with default flags and both demo models. */
export function startTarget(flags: readonly string[] = []): Promise<ServedProcess> {
  return ServedProcess.start(['--model', 'models/demo/clip', ...flags]);
}

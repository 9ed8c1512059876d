import { MessageChannel } from 'node:worker_threads';

/** Takes what it is sent, and gives it to nobody. */
const nowhere = closedPort();

/**
 * Gives the memory of buffers back now; they are empty then. A thread that works on large buffers and makes few objects would not
 * collect its garbage for long, and would use fresh memory for each meanwhile.
 */
export function discard(buffers: readonly ArrayBuffer[]): void {
  nowhere.postMessage(null, [...new Set(buffers)]);
}

function closedPort() {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
}

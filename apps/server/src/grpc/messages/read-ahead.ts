import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { unreadBytes, whenRead } from './unread-message.js';

/** Bytes of a stream's messages that wait for its handler before another is read. */
const MOST_AHEAD_BYTES = 16 * 1024;

/**
 * Reads a stream no further ahead of its handler than {@link MOST_AHEAD_BYTES}: grpc-js has 16 messages wait, however long they are.
 * Returns who is to be told of each message of the call.
 */
export function boundReadAhead(call: ServerInterceptingCallInterface): (message: unknown) => void {
  const read = call.startRead.bind(call);
  let [waiting, isWanted] = [0, false];
  call.startRead = () => {
    if (waiting < MOST_AHEAD_BYTES) read();
    else isWanted = true;
  };
  return (message) => {
    const bytes = unreadBytes(message);
    waiting += bytes;
    whenRead(message, () => {
      waiting -= bytes;
      if (!isWanted || waiting >= MOST_AHEAD_BYTES) return;
      isWanted = false;
      read();
    });
  };
}

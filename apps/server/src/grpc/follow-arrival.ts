import type { ServerHttp2Stream } from 'node:http2';
import { TriptychError } from '@triptych/core';
import type { Admission } from '@triptych/engine';
import { holdUnread } from './messages/unread-message.js';
import { endCall, type OpenCall } from '../calls/open-calls.js';

/** What is to be told of a call whose bytes are counted. */
export interface ArrivalHearer {
  /** A message of it is complete. */
  readonly came: (message: unknown) => void;
  /** It is answered, or gone. */
  readonly end: () => void;
}

/**
 * Counts what comes of a call, from its first byte until its handler has read it. What is too much of a unary call ends it; a
 * stream that has no room for more of a message is not read until it has.
 */
export function followArrival(
  stream: ServerHttp2Stream,
  call: OpenCall,
  admission: Admission,
  isStream: boolean,
): ArrivalHearer {
  const arriving = admission.arriving(call.caller);
  let isEnded = false;
  const end = () => {
    isEnded = true;
    // What comes after it is read and dropped.
    stream.off('data', onData);
    arriving.end();
  };
  const refuse = (refusal: TriptychError) => {
    end();
    endCall(call, refusal);
  };
  const pause = () => {
    stream.pause();
    call.active = Infinity;
    arriving.goOn().then(
      () => {
        if (isEnded) return;
        call.active = performance.now();
        stream.resume();
      },
      (thrown: unknown) => {
        if (!isEnded) refuse(TriptychError.from(thrown));
      },
    );
  };
  // Behind the listener that reads messages out of them, which has paused the stream until it is asked for one: nothing flows for
  // this one. A stream that it has paused here has its message complete.
  const onData = (bytes: Buffer) => {
    call.arrived += bytes.length;
    arriving.came(bytes.length);
    if (isStream) {
      if (!stream.isPaused() && !arriving.mayGoOn) pause();
      return;
    }
    const { refusal } = arriving;
    if (refusal) refuse(refusal);
  };
  stream.on('data', onData);
  return {
    came: (message) => {
      call.arrived = 0;
      holdUnread(message, (bytes) => arriving.complete(bytes));
      arriving.taken();
    },
    end,
  };
}

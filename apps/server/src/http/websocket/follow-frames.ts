import type { Socket } from 'node:net';
import { TriptychError } from '@triptych/core';
import type { WebSocket } from 'ws';
import { endCall } from '../../calls/open-calls.js';
import type { HttpCall } from '../call.js';
import type { MessageStream } from './message-stream.js';

/** A client whose frame found no room gets so long to read why. */
const CLOSE_MS = 2000;

/**
 * Counts what comes of a frame from its first byte, as gRPC's streams have it: a socket that has no room for more of a message is not
 * read until it has, and its call ends where nothing makes room.
 */
export function followFrames(
  connection: Socket,
  socket: WebSocket,
  stream: MessageStream,
  { arriving, open }: HttpCall,
): void {
  let isWhole = false;
  const wait = () => {
    stream.hold();
    open.active = Infinity;
    arriving.goOn().then(
      () => {
        open.active = performance.now();
        stream.goOn();
      },
      (thrown: unknown) => {
        if (connection.destroyed) return;
        endCall(open, TriptychError.from(thrown));
        // What came of the frame is in memory until its connection is gone.
        setTimeout(() => connection.destroy(), CLOSE_MS).unref();
      },
    );
  };
  socket.on('message', () => {
    isWhole = true;
    open.arrived = 0;
    arriving.taken();
  });
  // Behind the listener of `ws`, which has made messages of these bytes: those that end one are not counted for the next as well.
  connection.on('data', (bytes: Buffer) => {
    // What lay unread is read while it closes: its call has been counted out.
    if (connection.destroyed) return;
    if (isWhole) {
      isWhole = false;
      return;
    }
    open.arrived += bytes.length;
    arriving.came(bytes.length);
    if (!stream.isFull && !stream.isHeld && !arriving.mayGoOn) wait();
  });
}

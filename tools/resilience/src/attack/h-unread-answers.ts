import { setTimeout as sleep } from 'node:timers/promises';
import { loadPackageDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import { Pooling } from '@triptych/client';
import { loadWirePackage } from '@triptych/protocol';
import { format } from '../speech.js';
import type { Attack } from './attack.js';
import { besideAttackers } from './beside.js';
import { RawConnection } from './raw-connection.js';

const CALLS = 400;
/** Clips of a tenth of a second, each answered with a vector for each of 1500 frames. */
const CLIPS = 5;
/** Half of what may be in work, what may wait unread, and what is answered until it is seen to wait. */
const GROWN_MB = 300;

/** Calls of 16 KB whose answers of 4 MB are never read; refused, they are tried again. */
export const unreadAnswers: Attack = {
  title: `${CALLS} calls whose answers are never read`,
  run: (extent) =>
    besideAttackers({
      extent,
      grownMb: GROWN_MB,
      attack: async ({ address }, isOver) => {
        const message = request();
        const connection = new RawConnection(address);
        let open = 0;
        while (!isOver()) {
          if (open < CALLS) {
            open++;
            connection
              .open('/triptych.v1.AudioEncoder/Encode', message)
              .once('close', () => open--)
              // What was refused is read: only answers are left where they are.
              .once('response', (headers) => {
                if (headers['grpc-status'] !== undefined) open--;
              });
          }
          await sleep(5);
        }
        connection.close();
      },
    }),
};

function request(): Buffer {
  const api = loadPackageDefinition(loadWirePackage('client')) as unknown as {
    triptych: { v1: { AudioEncoder: { service: ServiceDefinition } } };
  };
  const clips = Array.from({ length: CLIPS }, () => ({ format, data: Buffer.alloc(3200, 1) }));
  return api.triptych.v1.AudioEncoder.service.Encode.requestSerialize({
    clips,
    options: { pooling: Pooling.POOLING_NONE },
  });
}

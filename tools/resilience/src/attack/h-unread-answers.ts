import { setTimeout as sleep } from 'node:timers/promises';
import { loadPackageDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import { Pooling } from '@triptych/client';
import { loadWirePackage } from '@triptych/protocol';
import { format } from '../speech.js';
import type { Attack } from './attack.js';
import { besideAttackers, THREE_TIMES } from './beside.js';
import { RawConnection } from './raw-connection.js';
import { withSmallModel } from './small-model.js';

const CALLS = 400;
/** Clips of a tenth of a second, each answered with a vector for each of 1500 frames. */
const CLIPS = 10;
/** Of one caller: twice `--unread-bytes` before its calls end, half of `--queue-bytes`, and what is answered until it is seen to wait. */
const MOST_MB = 400;
/** Of what is refused because answers wait, by its message; the rest waits for its turn, or is refused as any flood is. */
const REFUSED = /answers%20wait|answers wait/;

/** Calls of 32 KB whose answers of 4 MB are never read; refused, they are tried again. */
export const unreadAnswers: Attack = {
  title: `${CALLS} calls whose answers are never read`,
  run: (extent) =>
    withSmallModel(async ({ name, flags }) => {
      const seen = { answered: 0, refused: 0 };
      const report = await besideAttackers({
        extent,
        ...THREE_TIMES,
        flags,
        mostMb: MOST_MB,
        attack: (server, isOver) => neverReads(server.address, name, isOver, seen),
      });
      const happened = seen.answered > 0 && seen.refused > 0;
      return {
        ...report,
        facts: {
          ...report.facts,
          'calls answered and not read': seen.answered,
          'calls refused meanwhile': seen.refused,
        },
        problems: [
          ...report.problems,
          ...(happened ? [] : ['no answer waited to be read, or no call was refused for it']),
        ],
      };
    }),
};

async function neverReads(
  address: string,
  model: string,
  isOver: () => boolean,
  seen: { answered: number; refused: number },
): Promise<void> {
  const message = request(model);
  const connection = new RawConnection(address);
  let open = 0;
  while (!isOver()) {
    if (open < CALLS) {
      open++;
      const stream = connection.open('/triptych.v1.AudioEncoder/Encode', message);
      stream.once('close', () => open--);
      stream.once('response', (headers) => {
        const status = headers['grpc-status'];
        if (status === undefined) seen.answered++;
        else if (REFUSED.test(String(headers['grpc-message']))) seen.refused++;
        // What was refused is read: only answers are left where they are.
        if (status !== undefined) stream.resume();
      });
    }
    await sleep(5);
  }
  connection.close();
}

function request(model: string): Buffer {
  const api = loadPackageDefinition(loadWirePackage('client')) as unknown as {
    triptych: { v1: { AudioEncoder: { service: ServiceDefinition } } };
  };
  const clips = Array.from({ length: CLIPS }, () => ({ format, data: Buffer.alloc(3200, 1) }));
  return api.triptych.v1.AudioEncoder.service.Encode.requestSerialize({
    model,
    clips,
    options: { pooling: Pooling.POOLING_NONE },
  });
}

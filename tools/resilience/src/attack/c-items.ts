import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack, AttackReport } from './attack.js';
import { besideAttackers, COSTS_OF_ONE_INPUT, watchPeak } from './beside.js';
import { EventLoopWatch } from './event-loop.js';
import { startTarget } from './target.js';
import { field, wireClient, zipped } from './wire-client.js';

const BYTES = 15_900_000;
const empties = (number: number) => Buffer.alloc(BYTES, Buffer.from([(number << 3) | 2, 0]));
const text = field(2, Buffer.from('x'));
const longNamed = (bytes: number) => field(3, Buffer.concat([field(1, Buffer.alloc(bytes, 'x')), text]));
const times = (count: number, bytes: Buffer) => Buffer.concat(Array<Buffer>(count).fill(bytes));

/** Eight million of something each, and numbers one by one. */
const messages: readonly (readonly [string, Buffer])[] = [
  ['triptych.v1.AudioEncoder/Encode', empties(2)],
  ['triptych.v1.ImageEncoder/Encode', empties(2)],
  ['triptych.v1.TextEncoder/Encode', empties(2)],
  ['triptych.v1.CrossModal/Similarity', empties(3)],
  ['triptych.v1.CrossModal/Classify', empties(3)],
  ['triptych.v1.CrossModal/Fuse', empties(2)],
  ['triptych.v1.Models/List', empties(9)],
  // Ids that an answer would repeat for each pair: gigabytes.
  ['triptych.v1.CrossModal/Rank', Buffer.concat([times(512, field(2, text)), times(512, longNamed(28_000))])],
  ['triptych.v1.CrossModal/Rank', Buffer.concat([times(512, field(2, text)), times(512, longNamed(1000))])],
  // An embedding's values, unpacked, and its shape.
  ['triptych.v1.CrossModal/Rank', field(2, field(5, Buffer.alloc(BYTES, Buffer.from([0x0d, 0, 0, 0, 0]))))],
  ['triptych.v1.CrossModal/Rank', field(2, field(5, field(3, Buffer.alloc(BYTES))))],
];

/** Memory that a message takes is seen by then. */
const SEEN_MS = 1000;

/** What a single message of each kind costs a server that has nothing else to do. */
async function eachAlone(): Promise<AttackReport> {
  const loop = await EventLoopWatch.make();
  const server = await startTarget(loop.flags);
  const facts: Record<string, number> = {};
  const problems: string[] = [];
  const slow: string[] = [];
  const { mostMb, stillMs } = COSTS_OF_ONE_INPUT;
  try {
    for (const [at, [method, bytes]] of messages.entries()) {
      const client = wireClient(server.address);
      const before = server.rssMb();
      const peak = watchPeak(server);
      await loop.longestMs();
      await client.call(method, zipped(bytes));
      await sleep(SEEN_MS);
      const [mb, still] = [Math.max(0, peak.stop() - before), await loop.longestMs()];
      const name = `${at + 1}: ${method.split('.').at(-1)}, alone`;
      facts[`${name}, MB more`] = mb;
      facts[`${name}, event loop still, ms`] = still;
      if (mb > mostMb) problems.push(`${name}: ${mb.toFixed(0)} MB more, asked ${mostMb}`);
      if (still > stillMs)
        slow.push(`${name}: the event loop stood still for ${still.toFixed(0)} ms, asked ${stillMs}`);
      client.close();
    }
  } finally {
    await server.stop();
  }
  return { facts, problems, slow };
}

/** The same by eleven clients at once, over and over. */
const allTogether: Attack['run'] = (extent) =>
  besideAttackers({
    extent,
    kinds: ['ping', 'pcm', 'text', 'jpeg'],
    stillMs: COSTS_OF_ONE_INPUT.stillMs,
    attack: async ({ address }, isOver) => {
      const calls = messages.map(([method, bytes]) => [method, zipped(bytes)] as const);
      const attacker = async ([method, message]: (typeof calls)[number]) => {
        const client = wireClient(address);
        while (!isOver()) await client.call(method, message);
        client.close();
      };
      await Promise.all(calls.map(attacker));
    },
  });

export const items: Attack = {
  title: 'Calls of 16 KB that decompress to eight million items, or ask for answers of gigabytes',
  run: async (extent) => {
    const alone = await eachAlone();
    const { facts, problems, slow = [] } = await allTogether(extent);
    return {
      facts: { ...alone.facts, ...facts },
      problems: [...alone.problems, ...problems],
      slow: [...(alone.slow ?? []), ...slow],
    };
  },
};

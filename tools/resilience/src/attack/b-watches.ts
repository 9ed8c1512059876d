import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ClientHttp2Stream } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack } from './attack.js';
import { besideAttackers, COSTS_OF_ONE_INPUT } from './beside.js';
import { field, fieldHeader, framed, statusOf, wireClient } from './wire-client.js';

const NAME_BYTES = 15_000_000;
const WATCHES = { sample: 2000, full: 20_000 };
const AT_A_TIME = 200;
/** What is not answered by then is late. */
const LATE_MS = 10_000;
/** gRPC's RESOURCE_EXHAUSTED: no message of a probe is so large. */
const TOO_LARGE = 8;

/**
 * Watches of names that nobody serves, no two alike: each of 15 MB, which 15 KB hold, and as many of 200 bytes, which are kept for as long as they
 * are open; checks of 60 KB names beside.
 */
export const watches: Attack = {
  title: 'Health watches of unknown names, no two alike: of 15 MB and of 200 bytes',
  async run(extent) {
    const seen = { told: 0, refused: 0, others: 0 };
    const report = await besideAttackers({
      extent,
      kinds: ['ping', 'pcm', 'text'],
      ...COSTS_OF_ONE_INPUT,
      attack: async ({ address }) => {
        // A gzip file may have several parts: only the first differs from name to name.
        const rest = gzipSync(Buffer.alloc(NAME_BYTES, 'a'));
        const first = () =>
          Buffer.concat([fieldHeader(1, NAME_BYTES + 16), Buffer.from(randomBytes(8).toString('hex'))]);
        const large = () => framed(Buffer.concat([gzipSync(first()), rest]), true);
        const short = () => framed(field(1, Buffer.from(randomBytes(100).toString('hex'))));
        for (let sent = 0; sent < WATCHES[extent]; sent += AT_A_TIME) {
          const client = wireClient(address);
          const watch = (message: Buffer) => {
            const stream = client.open('grpc.health.v1.Health/Watch');
            stream.end(message);
            return stream;
          };
          const open = Array.from({ length: AT_A_TIME }, () => [watch(large()), watch(short())]);
          const refused = open.map(async ([stream]) => {
            const status = await statusOf(stream);
            if (status === TOO_LARGE) seen.refused++;
            else if (status !== undefined) seen.others++;
          });
          const told = open.map(async ([, stream]) => {
            if (await isTold(stream)) seen.told++;
          });
          const name = Buffer.concat([fieldHeader(1, 60_000), Buffer.alloc(60_000, 'b')]);
          await client.call('grpc.health.v1.Health/Check', framed(name));
          const late = new AbortController();
          const all = Promise.all([...refused, ...told]).then(() => late.abort());
          await Promise.race([
            all,
            sleep(LATE_MS, undefined, { signal: late.signal }).catch(() => undefined),
          ]);
          for (const stream of open.flat()) stream.close();
          client.close();
        }
      },
    });
    const most = WATCHES[extent];
    return {
      ...report,
      facts: {
        ...report.facts,
        'watches of 15 MB refused as too large': `${seen.refused} of ${most}`,
        'watches of 200 bytes told that nobody serves them': `${seen.told} of ${most}`,
      },
      problems: [
        ...report.problems,
        ...(seen.others === 0 ? [] : [`${seen.others} watches of 15 MB ended otherwise than refused`]),
        ...(seen.refused > 0 && seen.told > 0 ? [] : ['no watch was refused, or none was told anything']),
      ],
      slow: [
        ...(report.slow ?? []),
        ...(seen.told === most && seen.refused === most
          ? []
          : [`not all watches were answered in ${LATE_MS} ms`]),
      ],
    };
  },
};

/** Whether a watch gets an answer before it ends. */
function isTold(stream: ClientHttp2Stream): Promise<boolean> {
  return new Promise((resolve) => {
    stream.once('data', () => resolve(true)).once('close', () => resolve(false));
  });
}

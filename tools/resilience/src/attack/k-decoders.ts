import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack } from './attack.js';
import { besideAttackers } from './beside.js';

const KILLED_EVERY_MS = 500;

/** A decoder of images crashes twice a second. */
export const decodersCrash: Attack = {
  title: 'An image decoder crashes twice a second',
  run: async (extent) => {
    let crashed = 0;
    const report = await besideAttackers({
      extent,
      kinds: ['ping', 'text', 'pcm', 'jpeg', 'png', 'webp', 'avif', 'stream'],
      attack: async (server, isOver) => {
        while (!isOver()) {
          const decoders = server.childPids();
          const pid = decoders[crashed % Math.max(1, decoders.length)];
          if (pid !== undefined) {
            process.kill(pid, 'SIGSEGV');
            crashed++;
          }
          await sleep(KILLED_EVERY_MS);
        }
      },
    });
    return { ...report, facts: { 'decoders that crashed': crashed, ...report.facts } };
  },
};

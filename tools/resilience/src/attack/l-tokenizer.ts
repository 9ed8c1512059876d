import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TriptychClient } from '@triptych/client';
import { root, ServedProcess } from '../served-process.js';
import type { Attack } from './attack.js';
import { besideAttackers } from './beside.js';

/** Over 2 ** 40 ways to read this text, of which none fits. */
const PATTERN = '(a+)+!';
const TRAP = 'a'.repeat(40);
/** Calls of a text each that are open at a time. */
const CALLERS = 4;
const DRAIN_MS = 1000;
/** What a shutdown may take beyond its grace: calls get a second to end, a stuck worker half of one. */
const STOP_MS = DRAIN_MS + 4000;

/**
 * A model whose `tokenizer.json` holds a pattern that never ends, and clients that send it the text that shows: beside it, other
 * models' texts, and SIGTERM while it is stuck.
 */
export const tokenizer: Attack = {
  title: 'A hostile tokenizer beside a healthy model',
  async run(extent) {
    const work = await mkdtemp(join(tmpdir(), 'triptych-tokenizer-'));
    try {
      const flags = ['--model', `hostile=${await hostileModel(work)}`];
      const outcomes: Record<string, number> = {};
      const report = await besideAttackers({
        extent,
        flags,
        attack: (server, isOver) => trap(server.address, isOver, outcomes),
      });
      const { stopMs, code } = await stoppedWhileStuck(flags);
      const told = outcomes['TEXT_TOKENIZE_TIMEOUT'] ?? 0;
      const others = Object.entries(outcomes).filter(([reason]) => reason !== 'TEXT_TOKENIZE_TIMEOUT');
      return {
        ...report,
        facts: {
          ...report.facts,
          'texts that were ended at their limit': told,
          'texts that met something else':
            others.map(([reason, n]) => `${n} × ${reason}`).join(', ') || 'none',
          'SIGTERM while stuck, ms to the end': Math.round(stopMs),
        },
        problems: [
          ...report.problems,
          ...(told > 0 ? [] : ['no text was ended at its limit']),
          ...(stopMs <= STOP_MS ? [] : [`SIGTERM took ${Math.round(stopMs)} ms, asked ${STOP_MS}`]),
          ...(code === 0 ? [] : [`the exit code is ${code}`]),
        ],
      };
    } finally {
      await rm(work, { recursive: true });
    }
  },
};

/** The demo's CLIP with another pattern, and no fingerprint that would tell. */
async function hostileModel(work: string): Promise<string> {
  const directory = join(work, 'hostile');
  await cp(join(root, 'models/demo/clip'), directory, { recursive: true });
  const edit = async (name: string, change: (json: Record<string, unknown>) => object) => {
    const path = join(directory, name);
    const json = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    await writeFile(path, JSON.stringify(change(json)));
  };
  const split = { type: 'Split', pattern: { Regex: PATTERN }, behavior: 'Removed', invert: true };
  await edit('tokenizer.json', (json) => ({ ...json, pre_tokenizer: split }));
  await edit('metadata.json', ({ fingerprint: _, ...rest }) => rest);
  return directory;
}

/** Sends the text over and over. */
async function trap(address: string, isOver: () => boolean, outcomes: Record<string, number>): Promise<void> {
  const client = new TriptychClient(address);
  const caller = async () => {
    while (!isOver()) {
      const reason = await client.encodeTexts({ model: 'hostile', texts: [TRAP] }).then(
        ({ results }) => results[0].error?.reason ?? 'an answer',
        (thrown: unknown) => String((thrown as { reason?: string }).reason),
      );
      outcomes[reason] = (outcomes[reason] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  client.close();
}

async function stoppedWhileStuck(flags: readonly string[]): Promise<{ stopMs: number; code: number | null }> {
  const server = await ServedProcess.start([
    ...flags,
    ...['--tokenize-timeout-ms', '60000', '--drain-ms', String(DRAIN_MS)],
  ]);
  const client = new TriptychClient(server.address);
  const stuck = client.encodeTexts({ model: 'hostile', texts: [TRAP] }).catch(() => undefined);
  await sleep(500);
  server.signal('SIGTERM');
  const since = performance.now();
  const code = await server.exited;
  await stuck;
  client.close();
  return { stopMs: performance.now() - since, code };
}

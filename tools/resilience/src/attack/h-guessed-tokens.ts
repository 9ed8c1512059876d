import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attack, AttackReport } from './attack.js';
import { besideAttackers } from './beside.js';
import { RawConnection } from './raw-connection.js';

const CONNECTIONS = 4;
const AT_ONCE = 50;
/** Guesses a second that may be answered: what is slowed is answered after a second, and a thousand wait at most. */
const MOST_A_SECOND = 1100;

/** Calls with tokens that are made up, as fast as they are answered, from where honest clients call, too. */
export const guessedTokens: Attack = {
  title: 'Tokens guessed as fast as they are answered',
  run: async (extent): Promise<AttackReport> => {
    const folder = await mkdtemp(join(tmpdir(), 'triptych-guesses-'));
    try {
      const token = randomBytes(24).toString('hex');
      const sha256 = createHash('sha256').update(token).digest('hex');
      const file = join(folder, 'tokens.json');
      await writeFile(file, JSON.stringify({ tokens: [{ name: 'honest', sha256, methods: ['*'] }] }));
      let [guesses, started, ended] = [0, 0, 0];
      const { facts, problems, ...report } = await besideAttackers({
        extent,
        token,
        flags: ['--tokens', file],
        attack: async ({ address }, isOver) => {
          started = performance.now();
          const guess = async (connection: RawConnection) => {
            for (; !isOver() && !connection.isClosed; guesses++)
              await connection.status('/triptych.v1.Models/List', Buffer.alloc(0), {
                authorization: `Bearer ${randomBytes(24).toString('hex')}`,
              });
          };
          const connections = Array.from({ length: CONNECTIONS }, () => new RawConnection(address));
          await Promise.all(
            connections.flatMap((connection) => Array.from({ length: AT_ONCE }, () => guess(connection))),
          );
          ended = performance.now();
          for (const connection of connections) connection.close();
        },
      });
      const rate = (1000 * guesses) / (ended - started);
      const unbraked = rate > MOST_A_SECOND ? [`${rate.toFixed(0)} guesses a second were answered`] : [];
      return {
        ...report,
        facts: { ...facts, 'guesses answered, a second': rate },
        problems: [...problems, ...unbraked],
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

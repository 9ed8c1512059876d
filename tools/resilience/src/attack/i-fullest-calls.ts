import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AudioContext, CallError, TriptychClient } from '@triptych/client';
import { root } from '../served-process.js';
import { format, speech } from '../speech.js';
import type { Attack } from './attack.js';
import { besideAttackers, THREE_TIMES } from './beside.js';

/** Calls that hold as much as one may, by what they hold. */
const fullest = {
  texts: (client: TriptychClient) =>
    client.encodeTexts({
      texts: Array.from({ length: 256 }, (_, i) => `a picture of ${i} sailboats at sea`),
    }),
  images: (client: TriptychClient) => {
    const encoded = readFileSync(join(root, 'tools/reference/images/photo-420.jpg'));
    return client.encodeImages({ images: Array.from({ length: 64 }, () => ({ encoded })) });
  },
  clips: (client: TriptychClient) => {
    const data = speech().subarray(0, 64_000);
    const clips = Array.from({ length: 64 }, () => ({ format, data }));
    return client.encodeAudio({ clips, context: AudioContext.AUDIO_CONTEXT_TRIMMED });
  },
};

/** One client that does nothing wrong: its calls are full, and the next one follows the last. */
export function fullestCalls(what: keyof typeof fullest): Attack {
  return {
    title: `One client with full calls of ${what}, back to back`,
    run: async (extent) => {
      let answered = 0;
      const refused: string[] = [];
      const { facts, problems, ...report } = await besideAttackers({
        extent,
        ...THREE_TIMES,
        attack: async ({ address }, isOver) => {
          const client = new TriptychClient(address, { ownConnections: true });
          while (!isOver())
            await fullest[what](client).then(
              () => answered++,
              (thrown: unknown) => {
                if (!(thrown instanceof CallError)) throw thrown;
                refused.push(thrown.message);
              },
            );
          client.close();
        },
      });
      // It is honest, and alone with its own calls: none of them is one too many.
      const [first] = refused;
      const turnedAway =
        first === undefined ? [] : [`${refused.length} of its own calls were refused, as in: ${first}`];
      return {
        ...report,
        facts: { ...facts, 'its own calls': answered },
        problems: [...problems, ...turnedAway],
      };
    },
  };
}

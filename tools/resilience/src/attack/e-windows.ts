import { format, RATE } from '../speech.js';
import type { Attack } from './attack.js';
import { container, streaming, strikeOn } from './audio-attackers.js';
import { besideAttackers, COSTS_OF_ONE_INPUT } from './beside.js';
import type { BystanderKind } from './bystander-kinds.js';
import { flacBomb } from './hostile-audio.js';

const kinds: readonly BystanderKind[] = ['ping', 'pcm', 'wav', 'flac', 'stream', 'container-stream'];

export const flacWindows: Attack = {
  title: 'A FLAC of 601 bytes that makes windows of 4 s every 10 ms',
  run: (extent) =>
    besideAttackers({
      extent,
      kinds,
      ...COSTS_OF_ONE_INPUT,
      attack: (server, isOver) =>
        strikeOn(server, isOver, { strike: streaming({ format: container, hopMs: 10 }, [flacBomb(36)]) }),
    }),
};

export const pcmWindows: Attack = {
  title: '2 MB of PCM that makes windows of 4 s every 10 ms',
  run: (extent) =>
    besideAttackers({
      extent,
      kinds,
      ...COSTS_OF_ONE_INPUT,
      attack: (server, isOver) =>
        strikeOn(server, isOver, {
          strike: streaming({ format, hopMs: 10 }, [new Uint8Array(2 * 65 * RATE)]),
        }),
    }),
};

import { AudioEncoding } from '@triptych/client';
import type { Attack, Extent } from './attack.js';
import { clips, container, streaming, type Strike, strikeOn, type StrikeOptions } from './audio-attackers.js';
import { besideAttackers } from './beside.js';
import type { BystanderKind } from './bystander-kinds.js';
import { flacBomb } from './hostile-audio.js';

const kinds: readonly BystanderKind[] = ['ping', 'pcm', 'wav', 'flac', 'mp3', 'stream', 'container-stream'];

/** 68 KB that decode to ten minutes of eight channels at 192 kHz. */
const bomb = flacBomb(1760, { sampleRate: 192_000, channels: 8 });
const mulaw = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_MULAW, sampleRateHz: 4001 };

const beside = (extent: Extent, strike: Strike, options: StrikeOptions) =>
  besideAttackers({
    extent,
    kinds,
    attack: (server, isOver) => strikeOn(server, isOver, { strike, ...options }),
  });

export const flacBombs: Attack = {
  title: 'A FLAC bomb of 68 KB every 10 s',
  run: (extent) => beside(extent, streaming({ format: container }, [bomb]), { pauseMs: 10_000 }),
};

export const manyFlacBombs: Attack = {
  title: 'FLAC bombs of 68 KB from eight clients at once',
  run: (extent) => beside(extent, streaming({ format: container }, [bomb]), { attackers: 8 }),
};

export const oddRate: Attack = {
  title: '16 MB of µ-law at 4001 Hz from two clients',
  run: (extent) =>
    beside(extent, streaming({ format: mulaw }, [new Uint8Array(16_000_000)]), { attackers: 2 }),
};

export const cancelledClips: Attack = {
  title: 'Calls of 64 FLAC clips that are cancelled, from eight clients',
  run: (extent) =>
    beside(extent, clips(flacBomb(7), 64, container), { attackers: 8, timeoutMs: 150, pauseMs: 50 }),
};

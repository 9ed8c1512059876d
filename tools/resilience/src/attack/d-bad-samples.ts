import { RATE } from '../speech.js';
import type { Attack } from './attack.js';
import { floats, streaming, strikeOn } from './audio-attackers.js';
import { besideAttackers, COSTS_OF_ONE_INPUT } from './beside.js';
import type { BystanderKind } from './bystander-kinds.js';

const kinds: readonly BystanderKind[] = ['ping', 'pcm', 'wav', 'stream', 'container-stream'];

const bytesOf = (values: Float32Array) => new Uint8Array(values.buffer);

/** An honest mistake: 16-bit numbers sent as floats, in real time. */
const scaled = Array.from({ length: 300 }, (_, chunk) =>
  bytesOf(Float32Array.from({ length: RATE / 10 }, (_value, i) => 20_000 * Math.sin((chunk * 1600 + i) / 9))),
);

/** A message of nothing but NaN, as large as may be. */
const nan = [bytesOf(new Float32Array(4_000_000).fill(NaN))];

export const scaledFloats: Attack = {
  title: 'Twenty streams of floats that are scaled to 16-bit numbers',
  run: (extent) =>
    besideAttackers({
      extent,
      kinds,
      ...COSTS_OF_ONE_INPUT,
      attack: (server, isOver) =>
        strikeOn(server, isOver, {
          attackers: 20,
          strike: streaming({ format: floats, windowMs: 1000 }, scaled),
        }),
    }),
};

export const nanMessages: Attack = {
  title: 'Messages of 16 MB of NaN',
  run: (extent) =>
    besideAttackers({
      extent,
      kinds,
      ...COSTS_OF_ONE_INPUT,
      attack: (server, isOver) =>
        strikeOn(server, isOver, { attackers: 2, strike: streaming({ format: floats }, nan), pauseMs: 1000 }),
    }),
};

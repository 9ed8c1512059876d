import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readRecordings } from './golden.js';

const examples = fileURLToPath(new URL('../../../examples/speech/', import.meta.url));
const HEADER_BYTES = 44;

type Clip = Float32Array<ArrayBuffer>;

/** Forty recordings, by name, up to `context` samples long: those of the encoder's tests, the examples' speech, and what both are mixed to. */
export function spokenRecordings(context: number): Map<string, Clip> {
  const clips = readRecordings(context);
  const spoken: Clip[] = [];
  for (const file of readdirSync(examples).sort()) {
    const wav = readFileSync(examples + file);
    const length = (wav.length - HEADER_BYTES) >> 1;
    const clip = Float32Array.from({ length }, (_, i) => wav.readInt16LE(HEADER_BYTES + 2 * i) / 32768);
    clips.set(file.slice(0, -4), clip);
    spoken.push(clip);
  }
  const of = (name: string) => clips.get(name) as Clip;
  const mixed = (one: string, other: string) =>
    of(one)
      .subarray(0, Math.min(of(one).length, of(other).length))
      .map((value, i) => value + of(other)[i] / 2);
  const joined = (...parts: readonly Clip[]) => Float32Array.from(parts.flatMap((part) => [...part]));
  clips.set('long-silence', new Float32Array(context));
  clips.set(
    'quiet',
    of('speech-b').map((value) => value / 64),
  );
  clips.set('speech-noise', mixed('speech-b', 'noise'));
  clips.set('silence-speech', joined(of('silence'), of('speech-a')));
  clips.set('music-speech', joined(of('piano'), of('pizza-a')));
  clips.set('two-voices', mixed('cherries-a', 'cherries-b'));
  clips.set('all-examples', joined(...spoken).slice(0, context));
  return clips;
}

/** A recording of so many samples: all of the forty but one, over and over, from the `first` on by name. */
export function longRecording(clips: ReadonlyMap<string, Clip>, first: number, length: number): Clip {
  const order = [...clips.keys()].filter((name) => name !== 'long-silence').sort();
  const parts = [...order.slice(first), ...order.slice(0, first)].map((name) => clips.get(name) as Clip);
  const long = new Float32Array(length);
  for (let at = 0, i = 0; at < length; i++) {
    const part = parts[i % parts.length].subarray(0, length - at);
    long.set(part, at);
    at += part.length;
  }
  return long;
}

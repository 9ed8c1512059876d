import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Images of the parity tests, and `pixels.json`. */
export const imagesDirectory = fileURLToPath(new URL('../images/', import.meta.url));
const recordingsDirectory = fileURLToPath(new URL('../recordings/', import.meta.url));

/** Reference outputs of one model: tensors by `ITEM/NAME`, an item being a recording, an image or a text. */
export interface Golden {
  readonly items: readonly string[];
  /** What the file says of itself: the model, its weights, the versions that made it. */
  readonly metadata: Readonly<Record<string, string>>;
  floats(item: string, name: string): Float32Array<ArrayBuffer>;
  /** int64 values: ids, or which rows of the full output a tensor holds. */
  integers(item: string, name: string): number[];
  has(item: string, name: string): boolean;
}

/** Reads a golden file. */
export async function readGolden(path: string): Promise<Golden> {
  const file = await readFile(path);
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerLength)) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const bytes = (key: string) => {
    const [begin, end] = header[key].data_offsets;
    return new Uint8Array(file.subarray(8 + headerLength + begin, 8 + headerLength + end)).buffer;
  };
  const { __metadata__: metadata, ...tensors } = header;
  return {
    items: [...new Set(Object.keys(tensors).map((key) => key.slice(0, key.indexOf('/'))))],
    metadata: metadata as unknown as Record<string, string>,
    floats: (item, name) => new Float32Array(bytes(`${item}/${name}`)),
    integers: (item, name) => Array.from(new BigInt64Array(bytes(`${item}/${name}`)), Number),
    has: (item, name) => Object.hasOwn(tensors, `${item}/${name}`),
  };
}

/** The recordings that references were made from, cut to `context` samples; `full-context` is made of others. */
export function readRecordings(context: number): Map<string, Float32Array<ArrayBuffer>> {
  const clips = new Map<string, Float32Array<ArrayBuffer>>();
  for (const file of readdirSync(recordingsDirectory)
    .filter((f) => f.endsWith('.wav'))
    .sort()) {
    const wav = readFileSync(recordingsDirectory + file);
    const data = wav.indexOf('data') + 8;
    const length = (wav.length - data) >> 1;
    clips.set(
      file.slice(0, -4),
      Float32Array.from({ length }, (_, i) => wav.readInt16LE(data + 2 * i) / 32768),
    );
  }
  const tiled = ['speech-b', 'piano', 'noise'].flatMap((name) => [...(clips.get(name) as Float32Array)]);
  clips.set(
    'full-context',
    Float32Array.from({ length: context }, (_, i) => tiled[i % tiled.length]),
  );
  return new Map([...clips].map(([name, clip]) => [name, clip.slice(0, context)]));
}

/** 70 s of what {@link readRecordings} has, one behind the other, for as long as it takes. */
export function mixedRecording(clips: ReadonlyMap<string, Float32Array>): Float32Array<ArrayBuffer> {
  const order = ['speech-a', 'silence', 'speech-b', 'piano', 'mixture', 'noise'];
  const tiled = order.flatMap((clip) => [...(clips.get(clip) as Float32Array)]);
  return Float32Array.from({ length: 16_000 * 70 + 777 }, (_, i) => tiled[i % tiled.length]);
}

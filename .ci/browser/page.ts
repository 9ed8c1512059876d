// What a page does with @triptych/client/browser: a call over Connect, and a recording played through an AudioWorklet into a live stream.
import {
  AudioEncoding,
  capture,
  captureFormat,
  createBrowserClient,
  EmbeddingEncoding,
  microphone,
  reasonOf,
  valuesOf,
} from '@triptych/client/browser';

export interface Vectors {
  readonly [kind: string]: number[][];
}

const fetched = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer());

/** A text, an image, and a recording live, from a server of another origin. `interrupt`: has the server killed and started anew. */
async function encode(url: string, interrupt: () => Promise<void>): Promise<Vectors> {
  const client = createBrowserClient({ url });
  const { results } = await client.text.encode({
    texts: ['a sailboat'],
    options: { encoding: EmbeddingEncoding.RAW_FLOAT32 },
  });
  const value = await fetched('/pizza.png');
  const images = await client.image.encode({ images: [{ source: { case: 'encoded', value } }] });
  const vectorsOf = (found: { outcome: (typeof results)[number]['outcome'] }[]) =>
    found.map(({ outcome }) => {
      if (outcome.case !== 'embedding') throw new TypeError(`no vector: ${JSON.stringify(outcome.value)}`);
      return [...valuesOf(outcome.value)];
    });
  return {
    text: vectorsOf(results),
    image: vectorsOf(images.results),
    window: await play(url, '/pizza-a.wav', interrupt),
  };
}

/** A WAV file's 16-bit samples. Chromium's own decoder scales those above 0 by 32767, and those below by 32768. */
function samplesOf(wav: Uint8Array<ArrayBuffer>): AudioBuffer {
  const samples = Float32Array.from(new Int16Array(wav.buffer, 44), (sample) => sample / 32_768);
  const buffer = new AudioBuffer({ length: samples.length, sampleRate: 16_000 });
  buffer.copyToChannel(samples, 0);
  return buffer;
}

/** Plays a recording at its own rate into a stream of windows of half a second. */
async function play(url: string, path: string, interrupt: () => Promise<void>): Promise<number[][]> {
  const context = new AudioContext({ sampleRate: 16_000 });
  const buffer = samplesOf(await fetched(path));
  const source = new AudioBufferSourceNode(context, { buffer });
  const stream = createBrowserClient({ url }).streamAudio({ format: captureFormat(context), windowMs: 500 });
  const { done } = await capture(source, stream, { samples: buffer.length });
  source.start();
  const vectors: number[][] = [];
  for await (const { window, summary } of stream) {
    if (window?.values) vectors.push([...window.values]);
    else if (window) throw new TypeError(`no vector: ${window.error?.message}`);
    if (window?.index === 0) await interrupt();
    if (summary && summary.samples !== buffer.length)
      throw new TypeError(`${summary.samples} samples of ${buffer.length}`);
  }
  await done;
  await context.close();
  return vectors;
}

/** A second of the microphone: how many windows there are. */
async function listen(url: string): Promise<number> {
  const context = new AudioContext();
  const stream = createBrowserClient({ url }).streamAudio({ format: captureFormat(context), windowMs: 250 });
  const { stop, done } = await capture(await microphone(context), stream);
  let windows = 0;
  for await (const { window } of stream) {
    if (window?.values) windows++;
    if (windows === 4) stop();
  }
  await done;
  await context.close();
  return windows;
}

/** How calls that fail do: by the server's reason, or by what the browser says where it lets a page read nothing. */
async function refusals(url: string): Promise<string[]> {
  const client = createBrowserClient({ url });
  const named = (thrown: unknown) => reasonOf(thrown) ?? String(thrown);
  const format = { encoding: AudioEncoding.PCM_F32LE, sampleRateHz: 1 };
  const stream = client.streamAudio({ format }, { maxAttempts: 1 });
  return [
    await client.text.encode({ texts: ['a'], model: 'none' }).then(() => 'answered', named),
    await stream[Symbol.asyncIterator]()
      .next()
      .then(() => 'answered', named),
  ];
}

Object.assign(globalThis, { encode, listen, refusals });

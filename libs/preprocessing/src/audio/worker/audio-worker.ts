import { discard, serveWorker, Transferred, TriptychError } from '@triptych/core';
import { checkLongEnough, tooLong } from '@triptych/validation';
import { concat } from '../resampler.js';
import { type FaultRange, SampleStream, type Samples } from '../sample-stream.js';
import { type Window, Windower } from '../windower.js';
import type {
  ClipReply,
  ClipRequest,
  FinishRequest,
  PreparedWindow,
  PushRequest,
  StreamStart,
  WindowsReply,
} from './protocol.js';

/** Clips are decoded in pieces, so that one which turns out too long is refused before all of it is in memory. */
const PIECE_BYTES = 256 * 1024;

interface OpenStream {
  readonly source: SampleStream;
  readonly windower: Windower;
}

const streams = new Map<number, OpenStream>();

// The WebAssembly decoders print what they also return: what a client sent must not fill the server's log.
console.error = () => undefined;

serveWorker({
  clip: async (request: ClipRequest) => {
    const started = performance.now();
    const samples = await decodeClip(request);
    const reply: ClipReply = { samples, preprocessUs: microseconds(started) };
    return new Transferred(reply, [samples.buffer]);
  },
  push: ({ data, flush, ...request }: PushRequest) =>
    step(request, async ({ source, windower }) => {
      const windows = windower.push(await source.push(data), request.sequence);
      return flush ? [...windows, ...windower.flush(request.sequence)] : windows;
    }),
  finish: ({ sequence, ...request }: FinishRequest) =>
    step(request, async ({ source, windower }) => {
      let last: Samples;
      try {
        last = await source.finish();
      } catch (thrown) {
        // The bytes ended too early: what came before still makes a tail, and the stream tells what is missing.
        throw new EndedEarly(windower.finish(sequence), TriptychError.from(thrown));
      }
      return [...windower.push(last, sequence), ...windower.finish(sequence)];
    }),
  close: (stream: number) => close(stream),
});

class EndedEarly extends Error {
  constructor(
    readonly windows: readonly Window[],
    readonly reason: TriptychError,
  ) {
    super(reason.message);
  }
}

async function decodeClip({
  format,
  data,
  targetRate,
  maxSamples,
}: ClipRequest): Promise<Float32Array<ArrayBuffer>> {
  const source = new SampleStream(format, targetRate);
  const parts: Float32Array<ArrayBuffer>[] = [];
  const faults: FaultRange[] = [];
  let length = 0;
  const take = (decoded: Samples) => {
    parts.push(decoded.samples);
    faults.push(...decoded.faults);
    length += decoded.samples.length;
    if (length > maxSamples) throw tooLong(maxSamples / targetRate);
  };
  try {
    for (let at = 0; at < data.length; at += PIECE_BYTES)
      take(await source.push(data.subarray(at, at + PIECE_BYTES)));
    take(await source.finish());
  } finally {
    source.close();
  }
  if (faults.length > 0) throw faults[0].error;
  checkLongEnough(length, targetRate);
  const [first, ...others] = parts.filter((part) => part.length > 0);
  const isWhole = others.length === 0 && first.byteLength === first.buffer.byteLength;
  const samples = isWhole ? first : concat(parts);
  if (samples.buffer !== data.buffer) discard([data.buffer as ArrayBuffer]);
  return samples;
}

/** Runs one step of a stream. A failure of the audio closes it and travels beside the windows that came before. */
async function step(
  { stream, open: start }: Pick<FinishRequest, 'stream' | 'open'>,
  run: (open: OpenStream) => Promise<Window[]>,
): Promise<Transferred<WindowsReply>> {
  if (start) streams.set(stream, openStream(start));
  const open = streams.get(stream);
  // Another stream's bytes have ended the worker that held it.
  if (!open)
    throw new TriptychError('WORKER_LOST', 'the worker that decoded this stream died; start it again');
  const started = performance.now();
  let windows: readonly Window[] = [];
  let failure: TriptychError | undefined;
  try {
    windows = await run(open);
  } catch (thrown) {
    if (thrown instanceof EndedEarly) windows = thrown.windows;
    failure = thrown instanceof EndedEarly ? thrown.reason : TriptychError.from(thrown);
    close(stream);
  }
  const prepared = windows.map(prepare);
  const transfer = prepared.flatMap(({ content }) => ('samples' in content ? [content.samples.buffer] : []));
  const reply: WindowsReply = {
    windows: prepared,
    samples: open.windower.position,
    preprocessUs: microseconds(started),
    ...(failure ? { failure: failure.toRecord() } : {}),
  };
  return new Transferred(reply, transfer);
}

function openStream({ format, targetRate, plan, start }: StreamStart): OpenStream {
  return { source: new SampleStream(format, targetRate), windower: new Windower(plan, targetRate, start) };
}

function prepare(window: Window): PreparedWindow {
  const { content } = window;
  return { ...window, content: 'error' in content ? { error: content.error.toRecord() } : content };
}

function close(stream: number): void {
  streams.get(stream)?.source.close();
  streams.delete(stream);
}

function microseconds(since: number): number {
  return Math.round(1000 * (performance.now() - since));
}

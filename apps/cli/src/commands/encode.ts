import { type AudioStreamConfig, AudioContext, CallError, Pooling } from '@triptych/client';
import { messageOf } from '@triptych/core';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError, Option } from 'commander';
import { connect } from '../encode/connection.js';
import { encodeSource } from '../encode/encode-source.js';
import { findFiles, type Source, standardInput } from '../encode/sources.js';
import { type Format, formats, openWriter, type VectorWriter } from '../output/vector-writer.js';
import { addServerOptions } from '../server-options.js';
import { stopSignal } from './serve.js';

interface Options {
  readonly server?: string;
  readonly name?: string;
  readonly pcm?: string;
  readonly windowMs: number;
  readonly hopMs: number;
  readonly context: keyof typeof contexts;
  readonly pooling: keyof typeof poolings;
  readonly normalize: boolean;
  readonly dimensions: number;
  readonly format: Format;
  readonly output?: string;
}

const contexts = {
  padded: AudioContext.AUDIO_CONTEXT_PADDED,
  trimmed: AudioContext.AUDIO_CONTEXT_TRIMMED,
} as const;
const poolings = {
  mean: Pooling.POOLING_MEAN,
  'mean-valid': Pooling.POOLING_MEAN_VALID,
  none: Pooling.POOLING_NONE,
} as const;

const help = `
Audio longer than a window gives several vectors. Each JSON line holds source, window, start_s, end_s, shape and
embedding. Files that cannot be read or decoded are named on standard error; the others go on, and the exit code is 1.

Examples:
  triptych encode speech.wav music/                          files and folders, with the demo model
  triptych encode talk.mp3 --window-ms 2000 --hop-ms 1000    overlapping windows
  triptych encode music/ --format parquet --output v.parquet
  arecord -f S16_LE -r 16000 | triptych encode - --pcm s16le:16000 --window-ms 1000`;

/** Files that are streamed at a time: enough to keep decoding ahead of inference. */
const CONCURRENCY = 4;

/** `triptych encode` */
export function encodeCommand(): Command {
  const command = new Command('encode')
    .description('audio files, folders or a live pipe → embeddings')
    .argument('<input...>', 'files and folders, or - for PCM on standard input')
    .option('--server <address>', 'use this running server; otherwise one is started for the occasion')
    .option('--name <model>', "name of the server's model (default: its default one)")
    .option(
      '--pcm <format>',
      'standard input is ENCODING[:RATE[:CHANNELS]]: s16le, f32le or mulaw',
      's16le:16000:1',
    )
    .option('--window-ms <ms>', "window; 0: the model's full context", integer, 0)
    .option('--hop-ms <ms>', 'from one window to the next; 0: a window', integer, 0)
    .addOption(choice('--context <context>', 'silence around the audio', contexts, 'padded'))
    .addOption(choice('--pooling <pooling>', 'which vector', poolings, 'mean'))
    .option('--no-normalize', 'leave the length of vectors as it is')
    .option('--dimensions <n>', 'keep the first n values; 0: all', integer, 0)
    .addOption(new Option('--format <format>', 'how vectors are written').choices(formats).default('jsonl'))
    .option('--output <file>', 'write here instead of to standard output')
    .addHelpText('after', help);
  return addServerOptions(command, ['models', 'threads']).action(
    async (inputs: string[], options: Options) => {
      const stopped = stopSignal();
      // The first signal lets what is being encoded finish; a second one does not.
      void stopped.then(() => stopSignal()).then(() => process.exit(130));
      const isLive = inputs.length === 1 && inputs[0] === '-';
      const sources = isLive ? [standardInput(options.pcm ?? '', stopped)] : await findFiles(inputs);
      const writer = openWriter(options.format, options.output);
      const connection = await connect(command, options.server);
      try {
        const models = await connection.client.listModels();
        const rateOf = (name: string) =>
          models.find((m) => m.name === name)?.encoders[0]?.audio?.sampleRateHz ?? 1;
        const encode = (source: Source) =>
          encodeSource(connection.client, source, streamConfig(options), rateOf, complain);
        const failed = await encodeAll(
          sources,
          encode,
          writer,
          isLive ? new Promise(() => undefined) : stopped,
        );
        await writer.close();
        if (failed > 0) process.exitCode = 1;
      } catch (thrown) {
        await writer.discard();
        throw thrown;
      } finally {
        await connection.close();
      }
    },
  );
}

/** Encodes sources side by side and writes what comes. Returns how many failed; stops early once `stopped` resolves. */
async function encodeAll(
  sources: readonly Source[],
  encode: (source: Source) => ReturnType<typeof encodeSource>,
  writer: VectorWriter,
  stopped: Promise<unknown>,
): Promise<number> {
  const bar = new SingleBar({
    format: '{bar} {value}/{total} files, {eta_formatted} left',
    noTTYOutput: false,
    stream: process.stderr,
  });
  const showBar = process.stderr.isTTY && sources.length > 1;
  if (showBar) bar.start(sources.length, 0);
  const waiting = [...sources];
  let failed = 0;
  let isStopped = false;
  void stopped.then(() => {
    isStopped = true;
    process.exitCode = 130;
  });
  const work = async () => {
    for (let source = waiting.shift(); source && !isStopped; source = waiting.shift()) {
      try {
        for await (const window of encode(source)) await writer.write(window);
      } catch (thrown) {
        if (!(thrown instanceof CallError) || thrown.details === undefined) throw thrown;
        failed++;
        complain(`${source.name}: ${messageOf(thrown)}`);
      }
      if (showBar) bar.increment();
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  } finally {
    if (showBar) bar.stop();
  }
  return failed;
}

function streamConfig({
  name,
  windowMs,
  hopMs,
  context,
  pooling,
  normalize,
  dimensions,
}: Options): AudioStreamConfig {
  return {
    model: name ?? '',
    windowMs,
    hopMs,
    context: contexts[context],
    options: { pooling: poolings[pooling], normalize, dimensions, encoding: 2 },
  };
}

function choice(flags: string, description: string, values: object, standard: string): Option {
  return new Option(flags, description).choices(Object.keys(values)).default(standard);
}

function integer(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('expected a whole number, 0 or more');
}

function complain(message: string): void {
  process.stderr.write(`triptych: ${message}\n`);
}

import { AudioContext, EmbeddingEncoding, poolingNumbers } from '@triptych/client';
import { messageOf, TriptychError } from '@triptych/core';
import { Command, Option } from 'commander';
import { addConnectionOptions, connect, type ServerOptions } from '../encode/connection.js';
import { textLines } from '../encode/encode-texts.js';
import { EncodeJobs } from '../encode/jobs.js';
import { findMedia, type Media, mediaOf } from '../encode/media.js';
import { audioFile, pcmFormat, standardInput } from '../encode/sources.js';
import { wholeNumber } from '../output/numbers.js';
import { FileProgress } from '../output/progress.js';
import { type Format, formats, openWriter } from '../output/open-writer.js';
import { addServerOptions } from '../server-options.js';
import { firstStopSignal } from '../process/stop-signal.js';

interface Options extends ServerOptions {
  readonly name?: string;
  readonly text?: string[];
  readonly pcm: string;
  readonly windowMs: number;
  readonly hopMs: number;
  readonly context: keyof typeof contexts;
  readonly pooling?: keyof typeof poolingNumbers;
  readonly prompt?: string;
  readonly transcribe?: boolean;
  readonly language?: string;
  readonly normalize: boolean;
  readonly dimensions: number;
  readonly format: Format;
  readonly output?: string;
}

const contexts = {
  padded: AudioContext.AUDIO_CONTEXT_PADDED,
  trimmed: AudioContext.AUDIO_CONTEXT_TRIMMED,
} as const;

const help = `
Files are told by their names: audio (.wav .flac .mp3 .ogg .opus), images (.jpg .png .webp .gif .avif .tiff) and texts
(.txt, a text a line). Each vector comes with its source and with what made it: model, fingerprint, space, pooling,
weight_type. Vectors may be compared where their space is the same. Images come in the order of the inputs, and texts
after them; audio comes first, a few files at a time, each window once it is encoded. Vectors of audio have window,
start_s and end_s, for audio longer than a window gives several. With --transcribe they have text, language and
segments, too: what a model that transcribes hears in that window by itself.

  jsonl     a JSON object a line: the above, shape and embedding
  npy       a float32 matrix; FILE.jsonl beside it says of each row what a JSON line says of a vector
  parquet   a row a vector; embedding is a list of fixed size, and the file's metadata names the models

Files that cannot be read or decoded, and windows that fail, are named on standard error; the others go on, and the
exit code is 1. Ctrl-C lets what is in work end, and writes what was encoded so far (exit code 130); a second one ends
it at once.

Examples:
  triptych encode photos/ speech.wav                         files and folders, with the demo models
  triptych encode --text "a red car" --text "a blue one"     words
  triptych encode photos/ --format npy --output v.npy        a matrix; v.npy.jsonl says what its rows are
  triptych encode talk.mp3 --window-ms 2000 --hop-ms 1000    overlapping windows
  triptych encode talk.mp3 --transcribe                      vectors, and what is said in each window
  arecord -f S16_LE -r 16000 | triptych encode - --pcm s16le:16000 --window-ms 1000`;

/** `triptych encode` */
export function encodeCommand(): Command {
  const command = new Command('encode')
    .description('audio, images, texts, folders of them, or a live pipe → embeddings')
    .argument('[input...]', 'files and folders, or - for PCM on standard input')
    .option('--text <text>', 'a text to encode; may be given several times', repeated)
    .option('--name <model>', "name of the server's model (default: its default one)")
    .option(
      '--pcm <format>',
      'standard input is ENCODING[:RATE[:CHANNELS]]: s16le, f32le or mulaw',
      's16le:16000:1',
    )
    .option('--window-ms <ms>', "audio window; 0: the model's full context", wholeNumber, 0)
    .option('--hop-ms <ms>', 'from one window to the next; 0: a window', wholeNumber, 0)
    .addOption(choice('--context <context>', 'silence around audio', contexts).default('padded'))
    .addOption(choice('--pooling <pooling>', "which vector (default: the model's own)", poolingNumbers))
    .option(
      '--prompt <name>',
      "which of the model's prompts goes before texts; '' for none (default: its own)",
    )
    .option('--transcribe', 'write what is said in each window of audio, too, in one pass')
    .option('--language <code>', 'of --transcribe: what is spoken, as in en (default: detected)')
    .option('--no-normalize', 'leave the length of vectors as it is')
    .option('--dimensions <n>', 'keep the first n values; 0: all', wholeNumber, 0)
    .addOption(new Option('--format <format>', 'how vectors are written').choices(formats).default('jsonl'))
    .option('--output <file>', 'write here instead of to standard output')
    .addHelpText('after', help);
  return addServerOptions(addConnectionOptions(command), ['models', 'threads']).action(
    (inputs: string[], options: Options) => encode(command, inputs, options),
  );
}

async function encode(command: Command, inputs: readonly string[], options: Options): Promise<void> {
  const stopped = firstStopSignal();
  const named = (options.text ?? []).map((text, i) => ({ source: `--text ${i + 1}`, text }));
  if (inputs.length + named.length === 0)
    throw new TriptychError('CONFIG_INVALID', 'nothing to encode; name files or folders, -, or --text TEXT');
  if (inputs.includes('-') && inputs.length + named.length > 1)
    throw new TriptychError('CONFIG_INVALID', 'standard input (-) is encoded by itself; name no other input');
  if (options.language !== undefined && !options.transcribe)
    throw new TriptychError('CONFIG_INVALID', '--language says what --transcribe hears; name that, too');
  const isLive = inputs[0] === '-';
  const files = isLive || inputs.length === 0 ? [] : await findMedia(inputs, ['audio', 'image', 'text']);
  const of = (media: Media) => files.filter((file) => (mediaOf(file) ?? 'audio') === media);
  const audio = isLive ? [standardInput(pcmFormat(options.pcm), stopped)] : of('audio').map(audioFile);
  const writer = await openWriter(options.format, options.output);
  try {
    const connection = await connect(command, options);
    const lines = await Promise.allSettled(of('text').map(textLines));
    const texts = [...named, ...lines.flatMap((read) => (read.status === 'fulfilled' ? read.value : []))];
    const images = of('image');
    const bar = new FileProgress('encoding', audio.length + images.length + texts.length, 'inputs');
    for (const read of lines) if (read.status === 'rejected') bar.partFailed(messageOf(read.reason));
    const jobs = new EncodeJobs(connection.client, requestOf(options), writer, bar);
    if (!isLive) void stopped.then(() => jobs.stop());
    try {
      await jobs.run({ audio, images, texts });
    } finally {
      bar.stop();
      await connection.close();
    }
    await writer.close();
    if (bar.failures > 0) process.exitCode ??= 1;
  } catch (thrown) {
    await writer.discard();
    throw thrown;
  }
}

function requestOf({ name = '', pooling, prompt, normalize, dimensions, ...options }: Options) {
  const { windowMs, hopMs, context, transcribe, language } = options;
  return {
    model: name,
    ...(prompt === undefined ? {} : { promptName: prompt }),
    options: {
      ...(pooling ? { pooling: poolingNumbers[pooling] } : {}),
      normalize,
      dimensions,
      encoding: EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT32,
    },
    windowMs,
    hopMs,
    context: contexts[context],
    ...(transcribe ? { transcription: { language } } : {}),
  };
}

function choice(flags: string, description: string, values: object): Option {
  return new Option(flags, description).choices(Object.keys(values));
}

function repeated(value: string, before: string[] = []): string[] {
  return [...before, value];
}

import {
  AudioContext,
  CallError,
  type EmbeddingOptions,
  EmbeddingEncoding,
  Pooling,
  type TriptychClient,
} from '@triptych/client';
import { messageOf, TriptychError } from '@triptych/core';
import { Command, Option } from 'commander';
import { addConnectionOptions, connect, type ServerOptions } from '../encode/connection.js';
import { encodeAudio } from '../encode/encode-audio.js';
import { encodeImages } from '../encode/encode-images.js';
import { encodeTexts, textLines, type TextSource } from '../encode/encode-texts.js';
import { findMedia, mediaOf } from '../encode/media.js';
import { audioFile, type AudioSource, standardInput } from '../encode/sources.js';
import { wholeNumber } from '../output/numbers.js';
import { complain, ProgressBar } from '../output/progress-bar.js';
import { type Format, formats, openWriter, type VectorWriter } from '../output/vector-writer.js';
import { addServerOptions } from '../server-options.js';
import { stopSignal } from '../process/stop-signal.js';

interface Options extends ServerOptions {
  readonly name?: string;
  readonly text?: string[];
  readonly pcm?: string;
  readonly windowMs: number;
  readonly hopMs: number;
  readonly context: keyof typeof contexts;
  readonly pooling?: keyof typeof poolings;
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
  class: Pooling.POOLING_CLS,
  end: Pooling.POOLING_EOS,
  projected: Pooling.POOLING_PROJECTED,
  none: Pooling.POOLING_NONE,
} as const;

const help = `
Files are told by their names: audio (.wav .flac .mp3 .ogg .opus), images (.jpg .png .webp .gif .avif .tiff) and texts
(.txt, a text a line). Each JSON line holds source, shape and embedding; lines of audio also window, start_s and end_s,
for audio longer than a window gives several vectors. Files that cannot be read or decoded are named on standard
error; the others go on, and the exit code is 1.

Examples:
  triptych encode photos/ speech.wav                         files and folders, with the demo models
  triptych encode --text "a red car" --text "a blue one"     words
  triptych encode photos/ --format npy --output v.npy        a matrix; standard output says what its rows are
  triptych encode talk.mp3 --window-ms 2000 --hop-ms 1000    overlapping windows
  arecord -f S16_LE -r 16000 | triptych encode - --pcm s16le:16000 --window-ms 1000`;

/** Audio files that are streamed at a time: enough to keep decoding ahead of inference. */
const CONCURRENCY = 4;

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
    .addOption(choice('--pooling <pooling>', "which vector (default: the model's own)", poolings))
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
  const stopped = stopSignal();
  // The first signal lets what is being encoded finish; a second one does not.
  void stopped.then(() => stopSignal()).then(() => process.exit(130));
  const texts = (options.text ?? []).map((text, i) => ({ source: `--text ${i + 1}`, text }));
  if (inputs.length + texts.length === 0)
    throw new TriptychError('CONFIG_INVALID', 'nothing to encode; name files or folders, -, or --text TEXT');
  const isLive = inputs.length === 1 && inputs[0] === '-';
  const files = isLive || inputs.length === 0 ? [] : await findMedia(inputs, ['audio', 'image', 'text']);
  const writer = openWriter(options.format, options.output);
  const connection = await connect(command, options);
  const bar = new ProgressBar(files.length);
  const jobs = new Jobs(connection.client, options, writer, bar);
  try {
    if (isLive) await jobs.audio([standardInput(options.pcm ?? '', stopped)]);
    else {
      void stopped.then(() => jobs.stop());
      const of = (media: string) => files.filter((file) => (mediaOf(file) ?? 'audio') === media);
      await jobs.audio(of('audio').map(audioFile));
      await jobs.images(of('image'));
      await jobs.texts(of('text'), texts);
    }
    await writer.close();
    if (bar.failures > 0) process.exitCode = 1;
  } catch (thrown) {
    await writer.discard();
    throw thrown;
  } finally {
    bar.stop();
    await connection.close();
  }
}

/** What is encoded, modality by modality. */
class Jobs {
  #isStopped = false;

  constructor(
    private readonly client: TriptychClient,
    private readonly options: Options,
    private readonly writer: VectorWriter,
    private readonly bar: ProgressBar,
  ) {}

  stop(): void {
    this.#isStopped = true;
    process.exitCode = 130;
  }

  /** A few sources side by side. */
  async audio(sources: readonly AudioSource[]): Promise<void> {
    const { windowMs, hopMs, context } = this.options;
    const config = { ...this.#common(), windowMs, hopMs, context: contexts[context] };
    const models = sources.length > 0 ? await this.client.listModels() : [];
    const rateOf = (name: string) =>
      models.find((m) => m.name === name)?.encoders.find((e) => e.audio)?.audio?.sampleRateHz ?? 1;
    const waiting = [...sources];
    const work = async () => {
      for (let source = waiting.shift(); source && !this.#isStopped; source = waiting.shift()) {
        const { name } = source;
        try {
          for await (const window of encodeAudio(this.client, source, config, rateOf, complain))
            await this.writer.write(window);
          this.bar.done();
        } catch (thrown) {
          if (!(thrown instanceof CallError) || thrown.details === undefined) throw thrown;
          this.bar.failed(`${name}: ${messageOf(thrown)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  }

  async images(paths: readonly string[]): Promise<void> {
    if (paths.length === 0 || this.#isStopped) return;
    for await (const vector of encodeImages(this.client, paths, this.#common(), this.bar)) {
      await this.writer.write(vector);
      if (this.#isStopped) return;
    }
  }

  async texts(paths: readonly string[], named: readonly TextSource[]): Promise<void> {
    const lines = await Promise.all(paths.map((path) => textLines(path, this.bar)));
    const texts = [...named, ...lines.flat()];
    if (texts.length === 0 || this.#isStopped) return;
    for await (const vector of encodeTexts(this.client, texts, this.#common(), this.bar))
      await this.writer.write(vector);
  }

  #common(): { model: string; options: EmbeddingOptions } {
    const { name, pooling, normalize, dimensions } = this.options;
    const encoding = EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT32;
    return {
      model: name ?? '',
      options: { pooling: pooling ? poolings[pooling] : 0, normalize, dimensions, encoding },
    };
  }
}

function choice(flags: string, description: string, values: object): Option {
  return new Option(flags, description).choices(Object.keys(values));
}

function repeated(value: string, before: string[] = []): string[] {
  return [...before, value];
}

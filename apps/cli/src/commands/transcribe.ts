import { SpeechTask } from '@triptych/client';
import { TriptychError } from '@triptych/core';
import { Command, Option } from 'commander';
import { addConnectionOptions, connect, type ServerOptions } from '../encode/connection.js';
import { findMedia } from '../encode/media.js';
import { audioFile, pcmFormat, standardInput } from '../encode/sources.js';
import { positiveInteger, share } from '../output/numbers.js';
import { FileProgress } from '../output/progress.js';
import { firstStopSignal } from '../process/stop-signal.js';
import { addServerOptions } from '../server-options.js';
import { type FormatName, formatOf, formats, namedLine } from '../transcribe/formats.js';
import { TranscriptionJobs } from '../transcribe/jobs.js';
import { planOutputs } from '../transcribe/outputs.js';

interface Options extends ServerOptions {
  readonly name?: string;
  readonly format: FormatName;
  readonly output?: string;
  readonly pcm?: string;
  readonly language?: string;
  readonly translate?: boolean;
  readonly prompt?: string;
  readonly beams?: number;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly timestamps: boolean;
  readonly words?: boolean;
}

const help = `
Takes a model that writes what is said: a Whisper with its decoder. Recordings (.wav .flac .mp3 .ogg .opus) may be of any length.

  text      of one recording, a line for each segment, as soon as it is heard; of several, a line for each once it is done: name and words
  srt, vtt  subtitles: SubRip and WebVTT; of several recordings, in files of the folder that --output names
  json      a JSON object a line for each recording: its language, its text and its segments with their times

Recordings that cannot be read or decoded are named on standard error; the others go on, and the exit code is 1. An ellipsis stands
where a text was cut at --max-tokens. Ctrl-C lets recordings in work end, and what standard input brought so far be written; a
second one does not.

Examples:
  triptych transcribe talk.mp3                                what is said in it
  triptych transcribe talk.mp3 --format srt --output talk.srt     subtitles
  triptych transcribe lectures/ --format vtt --output subtitles/  of each recording in a folder
  triptych transcribe talk.mp3 --words --format json          with the times of its words
  triptych transcribe talk.mp3 --language de --translate      German speech, English words
  triptych transcribe talk.mp3 --prompt "Triptych, gRPC"      names and words that will come
  triptych transcribe talk.mp3 --format json --model openai/whisper-tiny     of a hub, pulled the first time
  curl -s https://example.org/talk.ogg | triptych transcribe -
  arecord -f S16_LE -r 16000 -t raw | triptych transcribe - --pcm s16le:16000`;

/** `triptych transcribe` */
export function transcribeCommand(): Command {
  const command = new Command('transcribe')
    .description('write what is said in recordings: text, subtitles or JSON')
    .argument('<input...>', 'recordings, and folders of them, or - for one on standard input')
    .option('--name <model>', "name of the server's model (default: the first that transcribes)")
    .addOption(
      new Option('--format <format>', 'how transcripts are written').choices(formats).default('text'),
    )
    .option('--output <path>', 'write to this file, or for several recordings into this folder')
    .option('--pcm <format>', 'standard input is ENCODING[:RATE[:CHANNELS]]: s16le, f32le or mulaw')
    .option('--language <code>', 'what is spoken, as in en (default: detected)')
    .option('--translate', 'write it in English')
    .option('--prompt <text>', 'what the recording goes on from: names, spelling, style')
    .option('--beams <n>', 'texts that are searched side by side for the likeliest, up to 8', positiveInteger)
    .option(
      '--temperature <t>',
      '0: the likeliest words; up to 1: drawn by chance (default: 0, and more where that is unlikely)',
      share,
    )
    .option(
      '--max-tokens <n>',
      'of one window (default: as many as the model has positions)',
      positiveInteger,
    )
    .option('--words', 'with the times of words: in json; in vtt, a cue for each word')
    .option('--no-timestamps', 'hear a recording that fits into one window as one segment')
    .addHelpText('after', help);
  return addServerOptions(addConnectionOptions(command), ['models', 'threads']).action(
    (inputs: string[], options: Options) => transcribe(command, inputs, options),
  );
}

async function transcribe(command: Command, inputs: readonly string[], options: Options): Promise<void> {
  const stopped = firstStopSignal();
  const isPipe = inputs.includes('-');
  if (isPipe && inputs.length > 1)
    throw new TriptychError(
      'CONFIG_INVALID',
      'standard input (-) is transcribed by itself; name no other input',
    );
  if (options.pcm !== undefined && !isPipe)
    throw new TriptychError('CONFIG_INVALID', '--pcm describes standard input; name - as the input');
  if (options.words && options.format !== 'json' && options.format !== 'vtt')
    throw new TriptychError(
      'CONFIG_INVALID',
      `--words: --format ${options.format} has no times of words; expected --format json or vtt`,
    );
  const format = options.pcm === undefined ? undefined : pcmFormat(options.pcm);
  const recordings = isPipe ? ['-'] : [...new Set(await findMedia(inputs, ['audio']))];
  // A folder's are several, however many it holds.
  const areSeveral = recordings.length > 1 || recordings[0] !== inputs[0];
  const outputOf = await planOutputs({
    format: options.format,
    output: options.output,
    recordings,
    areSeveral,
  });
  const isLines = options.format === 'text' && areSeveral && options.output === undefined;
  const writing = {
    formatOf: (recording: string) =>
      isLines ? namedLine(recording) : formatOf(options.format, recording, options.words),
    outputOf,
  };
  const connection = await connect(command, options);
  const bar = new FileProgress('transcribing', recordings.length, 'recordings', 'segments');
  const jobs = new TranscriptionJobs(connection.client, requestOf(options), writing, bar);
  if (!isPipe) void stopped.then(() => jobs.stop());
  try {
    await jobs.run(isPipe ? [standardInput(format, stopped)] : recordings.map(audioFile));
    if (bar.failures > 0) process.exitCode ??= 1;
  } finally {
    bar.stop();
    await connection.close();
  }
}

function requestOf({ name = '', ...options }: Options) {
  return {
    model: name,
    options: {
      language: options.language,
      task: options.translate ? SpeechTask.SPEECH_TASK_TRANSLATE : SpeechTask.SPEECH_TASK_TRANSCRIBE,
      prompt: options.prompt,
      beams: options.beams,
      temperature: options.temperature,
      // A temperature of one's own is the only one.
      withoutFallback: options.temperature !== undefined,
      maxTokens: options.maxTokens,
      withoutTimestamps: !options.timestamps,
      words: options.words,
    },
  };
}

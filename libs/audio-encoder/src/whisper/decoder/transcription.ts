import { CONV_STRIDE, type WhisperConfig } from '../config.js';
import type { Recording } from './recording.js';
import type { SpeechSegment } from './segments.js';
import type { SpeechTokens } from './tokens.js';
import type { TranscriptionOptions, TranscriptionParts, WritingParts } from './transcription-options.js';
import { samplesUpTo, spectrogramFrames, windowSamples } from './window.js';
import { type TranscribedWindow, SpeechWriter } from './speech-writer.js';

/**
 * What is said in a recording, window by window, by the sequential algorithm of transformers' `WhisperForConditionalGeneration.generate`:
 * each window begins where the last whole segment ended. `recording`: mono at the model's rate, at least one hop. Guesses settle as
 * two that follow each other agree (LocalAgreement, Liu et al. 2020), at the end of a segment.
 */
export async function* transcribe(
  recording: Recording,
  options: TranscriptionOptions,
  parts: TranscriptionParts,
): AsyncGenerator<TranscribedWindow> {
  const { inTurn = (work) => work() } = parts;
  const { mel, positions } = parts.config;
  const context = positions * CONV_STRIDE;
  const { guessEvery = Infinity } = options;
  const writer = new SpeechWriter(options, parts);
  let guess: readonly SpeechSegment[] = [];
  let tried = 0;
  let { loudest = -Infinity } = options;
  const encode = async (seek: number, frames: number) => {
    const samples = windowSamples(recording, seek, frames, mel);
    // The buffer changes threads.
    if (options.loudest === undefined) loudest = Math.max(loudest, await parts.loudest(samples.slice()));
    return parts.encode(samples, loudest);
  };
  for (let seek = 0; ;) {
    const full = samplesUpTo(seek + context, mel);
    await recording.reach(Math.min(full, Math.max(tried, seek * mel.hop) + guessEvery));
    const isShort = recording.ended && seek === 0 && recording.length <= context * mel.hop;
    if (isShort) recording.pad(context * mel.hop);
    const isWhole = recording.ended || recording.length >= full;
    const frames = Math.min(context, spectrogramFrames(recording.length, mel) - seek);
    if (frames <= 0) {
      if (recording.ended) return;
      tried = recording.length;
      continue;
    }
    // Guesses settle at timestamps.
    const timestamps = options.timestamps || guessEvery < Infinity || !isShort;
    const heard = await inTurn(async () => {
      const reach = reachOf(recording, seek, frames, parts.config);
      return writer.hear(await encode(seek, frames), { seek, frames, timestamps, isWhole, reach });
    });
    const { cut, isSilent, known } = heard;
    if (isWhole) {
      const segments = isSilent ? [] : cut.segments;
      writer.said(segments);
      seek += isSilent || cut.advance <= 0 ? frames : cut.advance;
      guess = [];
      yield { segments, guessed: [], ...known };
    } else {
      const all = isSilent ? [] : [...cut.segments, ...(cut.open ? [cut.open] : [])];
      const agreed = isSilent ? 0 : agreement(guess, all, cut.closed, parts.tokens);
      const segments = all.slice(0, agreed);
      writer.said(segments);
      guess = all.slice(agreed);
      const last = segments.at(-1);
      if (last) seek = Math.max(seek, Math.round((last.end * mel.sampleRate) / mel.hop));
      yield { segments, guessed: guess, ...known };
    }
    tried = recording.length;
    recording.forget(seek * mel.hop - mel.window);
    // A short recording is all in one window, unless a timestamp ends that earlier.
    if (recording.ended && seek >= spectrogramFrames(recording.length, mel)) return;
  }
}

/**
 * What is said in a window of so many `samples` by itself, of which the encoder's `states` of its padded context are known already; their buffer changes threads. What
 * no timestamp ends is a segment, too: the window is heard once.
 */
export async function transcribeWindow(
  states: Float32Array<ArrayBuffer>,
  samples: number,
  options: TranscriptionOptions,
  parts: WritingParts,
): Promise<TranscribedWindow> {
  const { timestamps } = options;
  const { mel, positions } = parts.config;
  const frames = positions * CONV_STRIDE;
  const heard = { heard: samples, length: frames * mel.hop };
  const place = {
    seek: 0,
    frames,
    timestamps,
    isWhole: true,
    reach: reachOf(heard, 0, frames, parts.config),
  };
  const writer = new SpeechWriter(options, parts);
  const { cut, isSilent, known } = await writer.hear(states, place);
  const segments = isSilent ? [] : [...cut.segments, ...(cut.open ? [cut.open] : [])];
  return { segments, guessed: [], ...known };
}

/** How many of the segments are closed, and were said in the guess before. */
function agreement(
  before: readonly SpeechSegment[],
  now: readonly SpeechSegment[],
  closed: number,
  { firstTimestamp }: SpeechTokens,
): number {
  const words = ({ tokens }: SpeechSegment) => tokens.filter((token) => token < firstTimestamp).join();
  let agreed = 0;
  while (agreed < Math.min(closed, before.length) && words(before[agreed]) === words(now[agreed])) agreed++;
  return agreed;
}

/** Vectors of a window that hold what was heard: the reference counts a hop that has begun, where silence follows it. */
function reachOf(
  recording: Pick<Recording, 'heard' | 'length'>,
  seek: number,
  frames: number,
  { mel }: WhisperConfig,
): number {
  const heard = recording.heard < recording.length ? Math.ceil(recording.heard / mel.hop) - seek : frames;
  return Math.max(1, Math.floor(Math.min(heard, frames) / CONV_STRIDE));
}

/** The largest log-mel energy of a recording, which is read to its end. */
export async function loudestOf(recording: Recording, parts: TranscriptionParts): Promise<number> {
  const { mel, positions } = parts.config;
  const context = positions * CONV_STRIDE;
  let most = -Infinity;
  for (let first = 0; ; first += context) {
    await recording.reach(samplesUpTo(first + context, mel));
    const frames = Math.min(context, spectrogramFrames(recording.length, mel) - first);
    if (frames <= 0) return most;
    most = Math.max(most, await parts.loudest(windowSamples(recording, first, frames, mel)));
    recording.forget((first + frames) * mel.hop - mel.window);
  }
}

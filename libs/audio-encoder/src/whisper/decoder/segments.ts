import type { SpeechTokens } from './tokens.js';

/** Something said, and when: seconds from the recording's start. */
export interface SpeechSegment {
  readonly start: number;
  readonly end: number;
  readonly tokens: readonly number[];
  /** When each token ends, in seconds from the recording's start. undefined where nobody asks for it. */
  readonly times?: readonly number[] | undefined;
}

/** Seconds of one timestamp's step, and of one frame of a spectrogram. */
const TIMESTAMP_S = 0.02;
const FRAME_S = 0.01;
/** Frames of a spectrogram in one step of a timestamp. */
const FRAMES = 2;

/** Segments of a window of a recording, and how many frames on the next one begins. */
export interface WindowSegments {
  readonly segments: readonly SpeechSegment[];
  /** Those of them that end where another begins: more audio does not make them longer. */
  readonly closed: number;
  /** What was said behind them, up to the window's end. */
  readonly open: SpeechSegment | undefined;
  readonly advance: number;
}

/**
 * Cuts what was generated for a window where two timestamps follow each other, as transformers' long form does: what comes after the last
 * pair is heard again in the next window, unless one timestamp ends it, after which nobody speaks.
 */
export function segmentsOf(
  tokens: readonly number[],
  {
    seek,
    frames,
    steps,
  }: {
    readonly seek: number;
    readonly frames: number;
    /** Of each token, when it ends: steps of a timestamp from the window's start. */
    readonly steps?: readonly number[] | undefined;
  },
  { firstTimestamp }: SpeechTokens,
): WindowSegments {
  const offset = (seek * TIMESTAMP_S) / FRAMES;
  const isTimestamp = tokens.map((token) => token >= firstTimestamp);
  const cuts = tokens.flatMap((_, i) => (i > 0 && isTimestamp[i - 1] && isTimestamp[i] ? [i] : []));
  const count = tokens.length;
  const times = steps?.map((step) => offset + step * TIMESTAMP_S);
  if (cuts.length === 0) {
    const last = tokens.findLast((token) => token >= firstTimestamp);
    const whole = Math.trunc((frames * FRAME_S) / TIMESTAMP_S);
    const end = last === undefined || last === firstTimestamp ? whole : last - firstTimestamp;
    const segments = [{ start: offset, end: offset + end * TIMESTAMP_S, tokens, times }];
    return { segments, closed: 0, open: undefined, advance: frames };
  }
  const endsOnce = count >= 2 && !isTimestamp[count - 2] && isTimestamp[count - 1];
  if (endsOnce) cuts.push(count);
  else cuts[cuts.length - 1]++;
  const segments = cuts.map((cut, i) => {
    const first = i === 0 ? 0 : cuts[i - 1];
    const piece = tokens.slice(first, cut);
    const isLast = i === cuts.length - 1;
    const time = (token: number) => offset + (token - firstTimestamp) * TIMESTAMP_S;
    const end = piece[piece.length - (isLast && !endsOnce ? 2 : 1)];
    return { start: time(piece[0]), end: time(end), tokens: piece, times: times?.slice(first, cut) };
  });
  const last = cuts[cuts.length - 1];
  const advance = endsOnce ? frames : (tokens[last - 2] - firstTimestamp) * FRAMES;
  const rest = endsOnce ? [] : tokens.slice(last - 1);
  const open =
    rest.length > 1
      ? {
          start: segments[segments.length - 1].end,
          end: offset + frames * FRAME_S,
          tokens: rest,
          times: times?.slice(last - 1),
        }
      : undefined;
  return { segments, closed: segments.length - (endsOnce ? 1 : 0), open, advance };
}

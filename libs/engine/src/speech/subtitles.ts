/** What is said from one time of a recording to another, in seconds. */
export interface Cue {
  readonly startS: number;
  readonly endS: number;
  readonly text: string;
}

/** Cues of a format, one after the other: what comes before them all, and each. */
export interface SubtitleWriter {
  readonly head: string;
  /** Empty of a cue that shows nothing. */
  readonly cue: (cue: Cue) => string;
}

const MARKUP: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** SubRip: numbered cues, times with a comma. It has no escapes: players show its text as it is. */
export function srtWriter(): SubtitleWriter {
  let count = 0;
  return {
    head: '',
    cue: (cue) =>
      written(
        cue,
        ',',
        (text) => text,
        () => `${++count}\n`,
      ),
  };
}

/** WebVTT (w3.org/TR/webvtt1), `&`, `<` and `>` escaped. */
export function vttWriter(): SubtitleWriter {
  const escaped = (text: string) => text.replace(/[&<>]/g, (one) => MARKUP[one]);
  return { head: 'WEBVTT\n\n', cue: (cue) => written(cue, '.', escaped, () => '') };
}

export const srt = (cues: readonly Cue[]) => whole(srtWriter(), cues);
export const vtt = (cues: readonly Cue[]) => whole(vttWriter(), cues);

function whole({ head, cue }: SubtitleWriter, cues: readonly Cue[]): string {
  return `${head}${cues.map(cue).join('')}`;
}

function written(
  { startS, endS, text }: Cue,
  point: ',' | '.',
  escaped: (text: string) => string,
  before: () => string,
): string {
  // A blank line would end the cue.
  const line = text.trim().replace(/\s+/g, ' ');
  if (line === '') return '';
  const start = Math.round(startS * 1000);
  // A cue ends after it begins.
  const end = Math.max(Math.round(endS * 1000), start + 1);
  return `${before()}${time(start, point)} --> ${time(end, point)}\n${escaped(line)}\n\n`;
}

/** `01:02:03.004` of milliseconds; more than 99 hours have more digits. */
function time(ms: number, point: ',' | '.'): string {
  const digits = (of: number, count = 2) => String(Math.floor(of)).padStart(count, '0');
  const clock = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60].map((one) => digits(one)).join(':');
  return `${clock}${point}${digits(ms % 1000, 3)}`;
}

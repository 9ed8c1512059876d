/** What is said from one time of a recording to another, in seconds. */
export interface Cue {
  readonly startS: number;
  readonly endS: number;
  readonly text: string;
}

const MARKUP: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** SubRip: numbered cues, times with a comma. It has no escapes: players show its text as it is. */
export function srt(cues: readonly Cue[]): string {
  return cues
    .map((cue, i) => `${i + 1}\n${time(cue.startS, ',')} --> ${time(cue.endS, ',')}\n${line(cue.text)}\n\n`)
    .join('');
}

/** WebVTT (w3.org/TR/webvtt1), `&`, `<` and `>` escaped. */
export function vtt(cues: readonly Cue[]): string {
  const written = cues.map(({ startS, endS, text }) => {
    const escaped = line(text).replace(/[&<>]/g, (one) => MARKUP[one]);
    return `${time(startS, '.')} --> ${time(endS, '.')}\n${escaped}\n\n`;
  });
  return `WEBVTT\n\n${written.join('')}`;
}

/** A blank line would end the cue. */
function line(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

/** `01:02:03.004`; more than 99 hours have more digits. */
function time(seconds: number, point: ',' | '.'): string {
  const ms = Math.round(seconds * 1000);
  const digits = (of: number, count = 2) => String(Math.floor(of)).padStart(count, '0');
  const clock = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60].map((one) => digits(one)).join(':');
  return `${clock}${point}${digits(ms % 1000, 3)}`;
}

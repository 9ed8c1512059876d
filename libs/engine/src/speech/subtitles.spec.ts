import { describe, expect, it } from 'vitest';
import { srt, srtWriter, vtt, vttWriter } from './subtitles.js';

const cues = [
  { startS: 0, endS: 1.9999, text: ' a <b> & "c" --> d' },
  { startS: 59.9996, endS: 360_000.5, text: 'two\n\nlines ' },
];

describe('subtitles', () => {
  it('are SubRip: numbered, a comma in the times, text as it is', () => {
    expect(srt(cues)).toBe(
      '1\n00:00:00,000 --> 00:00:02,000\na <b> & "c" --> d\n\n' +
        '2\n00:01:00,000 --> 100:00:00,500\ntwo lines\n\n',
    );
    expect(srt([])).toBe('');
  });

  it('are WebVTT: a header, a point in the times, markup escaped', () => {
    expect(vtt(cues)).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:02.000\na &lt;b&gt; &amp; "c" --&gt; d\n\n' +
        '00:01:00.000 --> 100:00:00.500\ntwo lines\n\n',
    );
    expect(vtt([])).toBe('WEBVTT\n\n');
  });

  it('leave out what shows nothing, and have each cue end after it begins', () => {
    const some = [
      { startS: 0, endS: 1, text: '  ' },
      { startS: 2, endS: 2, text: 'at once' },
      { startS: 2, endS: 3, text: '\n' },
      { startS: 3, endS: 4, text: 'later' },
    ];
    expect(srt(some)).toBe(
      '1\n00:00:02,000 --> 00:00:02,001\nat once\n\n2\n00:00:03,000 --> 00:00:04,000\nlater\n\n',
    );
    expect(vtt(some)).toBe(
      'WEBVTT\n\n00:00:02.000 --> 00:00:02.001\nat once\n\n00:00:03.000 --> 00:00:04.000\nlater\n\n',
    );
  });

  it.each([
    ['SubRip', srtWriter, srt],
    ['WebVTT', vttWriter, vtt],
  ] as const)('are the same cue by cue: %s', (_name, writer, whole) => {
    const { head, cue } = writer();
    let text = head;
    for (const one of cues) text += cue(one);
    expect(text).toBe(whole(cues));
  });
});

import { describe, expect, it } from 'vitest';
import { srt, vtt } from './subtitles.js';

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
});

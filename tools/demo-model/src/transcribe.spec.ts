import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { withServer } from './serve-demo.js';
import { transcribeSpeech } from './transcribe.js';
import { rightness } from './words.js';

const speech = new URL('../../../examples/speech/', import.meta.url);
const WAV_HEADER_BYTES = 44;

describe('the demo', () => {
  it('writes what voices say that training never heard, and nothing of silence', async () => {
    const names = (await readdir(speech)).filter((name) => name.endsWith('.wav'));
    const recordings = await Promise.all(
      names.map(async (name) => (await readFile(new URL(name, speech))).subarray(WAV_HEADER_BYTES)),
    );
    const silence = Buffer.alloc(2 * 16_000);
    const texts = await withServer(
      undefined,
      (client) => transcribeSpeech(client, [...recordings, silence]),
      ['whisper'],
    );
    expect(texts.pop()).toBe('');
    const label = (name: string) => name.replace(/-[ab]\.wav$/, '');
    const written = names.map((name, i) => ({ label: label(name), text: texts[i] }));
    const { of, wordsRight } = rightness(written);
    expect(of).toBe(24);
    expect(wordsRight, JSON.stringify(written)).toBeGreaterThanOrEqual(0.85);
  });
});

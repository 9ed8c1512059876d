import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { demoClip, picture, RATE, serveDemo, speech } from '../testing/harness.js';
import { writeTinyBlip } from '../testing/tiny-blip.js';
import { convertTinyWhisper } from '../testing/tiny-whisper.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-parsed-'));
});
afterAll(() => rm(work, { recursive: true }));

describe('the event loop', () => {
  it('parses no vocabulary: those of texts, of captions and of what is said are read where they are used', async () => {
    const captioner = await writeTinyBlip(work, 'tiny-captioner');
    const whisper = await convertTinyWhisper(work, 'tiny');
    const parse = vi.spyOn(JSON, 'parse');
    const test = await serveDemo({ models: [demoClip, captioner, whisper] });
    try {
      await test.client.encodeTexts({ texts: ['a pizza'] });
      const images = [{ encoded: picture('pizza') }];
      const { captions } = await test.client.caption({ images, maxTokens: 6 });
      expect(captions[0].text).not.toBe('');
      const format = { encoding: 1 as const, sampleRateHz: RATE };
      const { text } = await test.client.transcribe({ format, data: speech('pizza-a'), options: {} });
      expect(text).not.toBe('');
      const read = parse.mock.calls.map(([json]) => json);
      expect(read.length).toBeGreaterThan(0);
      expect(read.filter((json) => json.includes('"vocab"'))).toEqual([]);
    } finally {
      parse.mockRestore();
      await test.close();
    }
  });
});

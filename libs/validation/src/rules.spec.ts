import { describe, expect, it } from 'vitest';
import { checkAudioFormat } from './audio-format.js';
import { checkLongEnough, checkWholeFrames, faultError, isAudio } from './audio-samples.js';
import { checkSequence, checkWindow } from './audio-window.js';
import { checkEmbeddingOptions } from './embedding-options.js';
import { checkName } from './names.js';
import { checkPrompt, checkText } from './text.js';

const reasonOf = (act: () => unknown) => {
  try {
    act();
    return undefined;
  } catch (thrown) {
    const { reason, field } = thrown as { reason: string; field?: string };
    return [reason, field];
  }
};

describe('audio formats', () => {
  it('are compiled with one channel by default', () => {
    expect(checkAudioFormat({ encoding: 's16le', sampleRateHz: 8000 })).toEqual({
      encoding: 's16le',
      sampleRate: 8000,
      channels: 1,
    });
    expect(checkAudioFormat({ encoding: 'container' })).toEqual({ encoding: 'container' });
  });

  it.each([
    [null, 'AUDIO_ENCODING_UNKNOWN', 'format.encoding'],
    [{ encoding: 'mp3' }, 'AUDIO_ENCODING_UNKNOWN', 'format.encoding'],
    [{ encoding: 's16le', sampleRateHz: 3999 }, 'AUDIO_SAMPLE_RATE', 'format.sample_rate_hz'],
    [{ encoding: 's16le', sampleRateHz: 192_001 }, 'AUDIO_SAMPLE_RATE', 'format.sample_rate_hz'],
    [{ encoding: 'f32le', sampleRateHz: 8000, channels: 9 }, 'AUDIO_CHANNELS', 'format.channels'],
  ])('%j is refused', (format, reason, field) => {
    expect(reasonOf(() => checkAudioFormat(format))).toEqual([reason, field]);
  });
});

describe('samples', () => {
  it('may lie within ±1.1, and must be finite', () => {
    const faulty = [0, 1.1, -1.1, 1.1001, NaN, Infinity].map((value) => !isAudio(value));
    expect(faulty).toEqual([false, false, false, true, true, true]);
    const faults = { position: 7, lastPosition: 9, count: 3 };
    const reasons = [-1.2, NaN, Infinity].map((value) => faultError({ ...faults, value }, 3).reason);
    expect(reasons).toEqual(['AUDIO_OUT_OF_RANGE', 'AUDIO_NOT_FINITE', 'AUDIO_NOT_FINITE']);
    expect(faultError({ ...faults, value: 32767 }, 3).message).toBe(
      'sample 7 is 32767.0, the first of 3 that are no audio; expected values within ±1.1 (full scale is ±1)',
    );
  });

  it('must be a tenth of a second at least, in whole frames', () => {
    expect(reasonOf(() => checkLongEnough(1600, 16000))).toBeUndefined();
    expect(reasonOf(() => checkLongEnough(1599, 16000))).toEqual(['AUDIO_TOO_SHORT', 'data']);
    expect(reasonOf(() => checkLongEnough(0, 16000))).toEqual(['AUDIO_EMPTY', 'data']);
    expect(reasonOf(() => checkWholeFrames(3, 4))).toEqual(['AUDIO_PARTIAL_SAMPLE', 'data']);
  });
});

describe('streams', () => {
  it('have windows of the full context by default', () => {
    const limits = { contextMs: 30_000, sampleRate: 16_000 };
    expect(checkWindow({}, limits)).toEqual({ windowSamples: 480_000, hopSamples: 480_000, emitTail: true });
    expect(checkWindow({ windowMs: 1000, hopMs: 10, tail: 'drop' }, limits)).toEqual({
      windowSamples: 16_000,
      hopSamples: 160,
      emitTail: false,
    });
    expect(reasonOf(() => checkWindow({ hopMs: 9 }, limits))).toEqual(['WINDOW_INVALID', 'hop_ms']);
  });

  it('number their chunks', () => {
    expect(reasonOf(() => checkSequence(3, 3))).toBeUndefined();
    expect(reasonOf(() => checkSequence(2, 3))).toEqual(['STREAM_SEQUENCE', 'chunk.sequence']);
  });
});

describe('embedding options', () => {
  const offer = { dimensions: () => 8, poolings: ['mean', 'none'] } as const;

  it('default to a normalised float32 vector of the first pooling', () => {
    expect(checkEmbeddingOptions(undefined, offer)).toEqual({
      pooling: 'mean',
      form: { normalize: true, dimensions: 0, numbers: 'float32' },
    });
  });

  it.each([
    [{ pooling: 'class' }, 'POOLING_UNSUPPORTED', 'options.pooling'],
    [{ dimensions: 9 }, 'DIMENSIONS_INVALID', 'options.dimensions'],
    [{ dimensions: -1 }, 'DIMENSIONS_INVALID', 'options.dimensions'],
    [{ dimensions: 1.5 }, 'DIMENSIONS_INVALID', 'options.dimensions'],
    [{ encoding: 'bfloat16' }, 'ENUM_UNKNOWN', 'options.encoding'],
  ])('%j are refused', (options, reason, field) => {
    expect(reasonOf(() => checkEmbeddingOptions(options, offer))).toEqual([reason, field]);
  });
});

describe('texts', () => {
  it('are bytes or a string of the same, of 32 KiB at most', () => {
    expect(checkText('né')).toBe('né');
    expect(checkText(Buffer.from('né'))).toBe('né');
    const long = 'é'.repeat(16 * 1024 + 1);
    for (const text of [long, Buffer.from(long)])
      expect(reasonOf(() => checkText(text))).toEqual(['TEXT_TOO_LARGE', undefined]);
    for (const text of ['\ud800', Buffer.from([0xff])])
      expect(reasonOf(() => checkText(text))).toEqual(['TEXT_NOT_UTF8', undefined]);
  });

  it('have the prompt before them that is named, or the default one', () => {
    const offer = { prompts: { query: 'query: ', passage: '' }, defaultPrompt: 'query: ' };
    expect([undefined, 'query', 'passage', ''].map((name) => checkPrompt(name, offer))).toEqual([
      'query: ',
      'query: ',
      '',
      '',
    ]);
    for (const name of ['Query', 'toString', '__proto__'])
      expect(reasonOf(() => checkPrompt(name, offer))).toEqual(['PROMPT_UNKNOWN', 'prompt_name']);
    expect(() => checkPrompt('query', { prompts: {}, defaultPrompt: '' })).toThrow('it has none');
  });
});

describe('names', () => {
  it('are one of those that are known, the first where none is given', () => {
    expect(checkName(undefined, ['padded', 'trimmed'], 'context')).toBe('padded');
    expect(checkName('trimmed', ['padded', 'trimmed'], 'context')).toBe('trimmed');
    expect(() => checkName('9', ['padded', 'trimmed'], 'context')).toThrow(
      'context is 9; expected one of padded, trimmed',
    );
  });
});

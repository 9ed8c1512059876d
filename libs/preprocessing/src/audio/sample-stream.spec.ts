import { readFileSync } from 'node:fs';
import type { AudioFormat } from '@triptych/validation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from './resampler.js';
import { SampleStream, type Samples } from './sample-stream.js';

const RATE = 16_000;
const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url)));
const speech = readSamples(fixture('speech.wav'));
const container: AudioFormat = { encoding: 'container' };

function readSamples(wav: Uint8Array): Float32Array<ArrayBuffer> {
  const view = new DataView(wav.buffer, 44);
  return Float32Array.from({ length: view.byteLength >> 1 }, (_, i) => view.getInt16(2 * i, true) / 32768);
}

/** Decodes bytes split at the given lengths, over and over. */
async function decode(
  format: AudioFormat,
  bytes: Uint8Array,
  pieces: readonly number[] = [bytes.length],
): Promise<Samples> {
  const stream = new SampleStream(format, RATE);
  const parts: Samples[] = [];
  try {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const next = at + pieces[i % pieces.length];
      for await (const part of stream.push(bytes.slice(at, next))) if (part) parts.push(part);
      at = next;
    }
    for await (const part of stream.finish()) if (part) parts.push(part);
  } finally {
    stream.close();
  }
  return { samples: concat(parts.map((p) => p.samples)), faults: parts.flatMap((p) => p.faults) };
}

function correlation(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
}

describe('every container decodes to the recording', () => {
  it.each([
    ['speech.wav', 1],
    ['speech.flac', 1],
    ['speech.vorbis.ogg', 0.99],
    ['speech-44k-stereo.mp3', 0.99],
  ])('%s, sample for sample, correlation ≥ %f', async (name, least) => {
    const { samples } = await decode(container, fixture(name));
    expect(samples.length).toBe(speech.length);
    expect(correlation(samples, speech)).toBeGreaterThanOrEqual(least - 1e-6);
  });

  it('speech.opus, through a codec for speech', async () => {
    const { samples } = await decode(container, fixture('speech.opus'));
    expect(samples.length).toBe(speech.length);
    expect(correlation(samples, speech)).toBeGreaterThan(0.9);
  });

  it('speech-16k.mp3, which has no room to say how much its encoder padded', async () => {
    const { samples } = await decode(container, fixture('speech-16k.mp3'));
    expect(samples.length).toBe(28 * 576);
    expect(correlation(samples.subarray(1105), speech)).toBeGreaterThan(0.95);
  });
});

describe('the split into pieces leaves no trace (property)', () => {
  const pieces = fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5000 })), {
    minLength: 1,
    maxLength: 8,
  });
  const names = [
    'speech.wav',
    'speech.flac',
    'speech.opus',
    'speech.vorbis.ogg',
    'speech-44k-stereo.mp3',
    'speech-16k.mp3',
  ];

  it.each(names)('%s', async (name) => {
    const bytes = fixture(name);
    const { samples: whole } = await decode(container, bytes);
    await fc.assert(
      fc.asyncProperty(pieces, async (lengths) => {
        const { samples } = await decode(container, bytes, lengths);
        expect(samples).toEqual(whole);
      }),
      { numRuns: 6 },
    );
  });

  it('PCM of any encoding, rate and channel count', async () => {
    const encodings = ['s16le', 'f32le', 'mulaw'] as const;
    const rates = fc.constantFrom(4000, 8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...encodings),
        rates,
        fc.integer({ min: 1, max: 8 }),
        pieces,
        async (encoding, sampleRate, channels, lengths) => {
          const frames = Math.ceil(sampleRate / 10);
          const bytes = pcm(encoding, frames * channels);
          const format = { encoding, sampleRate, channels };
          const { samples: whole } = await decode(format, bytes);
          expect(whole.length).toBe(Math.ceil((frames * RATE) / sampleRate));
          expect((await decode(format, bytes, lengths)).samples).toEqual(whole);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('resampling', () => {
  it.each([8000, 22050, 44100, 48000, 96000])(
    'from %i Hz keeps a tone in place, within −90 dB',
    async (sampleRate) => {
      const tone = (rate: number, n: number) =>
        Float32Array.from({ length: n }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 997 * i) / rate));
      const { samples } = await decode(
        { encoding: 'f32le', sampleRate, channels: 1 },
        new Uint8Array(tone(sampleRate, sampleRate).buffer),
      );
      const expected = tone(RATE, RATE);
      expect(samples.length).toBe(RATE);
      const inner = samples.subarray(800, -800);
      const error = inner.reduce((sum, v, i) => sum + (v - expected[i + 800]) ** 2, 0);
      const power = inner.reduce((sum, v) => sum + v * v, 0);
      expect(10 * Math.log10(error / power)).toBeLessThan(-90);
    },
  );
});

describe('faulty float samples', () => {
  it('become silence and are reported with the output samples that they reach', async () => {
    const values = new Float32Array(14_400).fill(0.1);
    values[2400] = NaN;
    values[3000] = 32767;
    values[12_000] = -2;
    const at48k = await decode(
      { encoding: 'f32le', sampleRate: 48000, channels: 1 },
      new Uint8Array(values.buffer),
    );
    expect(at48k.faults.map(({ faults }) => [faults.value, faults.position, faults.count])).toEqual([
      [NaN, 2400, 2],
      [-2, 12_000, 1],
    ]);
    for (const [i, from, to] of [
      [0, 800, 1000],
      [1, 4000, 4000],
    ]) {
      expect(at48k.faults[i].start).toBeLessThan(from);
      expect(at48k.faults[i].end).toBeGreaterThan(to);
    }
    expect(at48k.samples.every(Number.isFinite)).toBe(true);
  });
});

describe('a step', () => {
  it('makes a bounded number of samples, whatever few bytes may come to', async () => {
    const stream = new SampleStream({ encoding: 'mulaw', sampleRate: 4001, channels: 1 }, RATE);
    const lengths: number[] = [];
    for await (const step of stream.push(new Uint8Array(400_000))) lengths.push(step?.samples.length ?? 0);
    stream.close();
    expect(lengths.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(1_590_000);
    expect(Math.max(...lengths)).toBeLessThan(20_000);
  });

  it('leaves a container alone between two of its frames', async () => {
    const stream = new SampleStream(container, RATE);
    const lengths: number[] = [];
    for await (const step of stream.push(fixture('speech.flac'))) lengths.push(step?.samples.length ?? 0);
    stream.close();
    expect(Math.max(...lengths)).toBe(4096);
  });
});

describe('bytes that are no audio', () => {
  const cut = (name: string, from: number) => fixture(name).slice(0, from);

  it.each([
    ['an empty container', new Uint8Array(0), 'AUDIO_EMPTY'],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), 'AUDIO_CONTAINER_UNKNOWN'],
    ['WAV that declares more than it has', cut('speech.wav', 20_000), 'AUDIO_CONTAINER_LENGTH'],
    ['WAV that ends in its header', cut('speech.wav', 30), 'AUDIO_CONTAINER_CORRUPT'],
    ['FLAC cut short', cut('speech.flac', 15_000), 'AUDIO_CONTAINER_LENGTH'],
    ['Ogg cut within a page', cut('speech.opus', 3_000), 'AUDIO_CONTAINER_CORRUPT'],
    ['MP3 cut within a frame', cut('speech-44k-stereo.mp3', 10_000), 'AUDIO_CONTAINER_CORRUPT'],
    ['Ogg with a flipped byte', flipped('speech.vorbis.ogg', 5000), 'AUDIO_CONTAINER_CORRUPT'],
    ['Opus of 255 channels', oggPage(Buffer.from('OpusHead\x01\xff12345678910', 'latin1')), 'AUDIO_CHANNELS'],
    ['Vorbis of 9', oggPage(Buffer.from('\x01vorbis1234\x0912345678910', 'latin1')), 'AUDIO_CHANNELS'],
  ])('%s', async (_name, bytes, reason) => {
    await expect(decode(container, bytes)).rejects.toMatchObject({ reason });
  });

  it.each([1, 2, 9])('but not an MP3 with %i bytes of padding behind its last frame', async (length) => {
    const whole = fixture('speech-44k-stereo.mp3');
    const padded = new Uint8Array(whole.length + length);
    padded.set(whole);
    expect((await decode(container, padded)).samples).toEqual((await decode(container, whole)).samples);
    padded.set([0xff, 0xfb].slice(0, length), whole.length);
    await expect(decode(container, padded)).rejects.toMatchObject({ reason: 'AUDIO_CONTAINER_CORRUPT' });
  });

  it('a PCM stream that ends within a sample', async () => {
    await expect(
      decode({ encoding: 's16le', sampleRate: RATE, channels: 2 }, new Uint8Array(4001)),
    ).rejects.toMatchObject({
      reason: 'AUDIO_PARTIAL_SAMPLE',
    });
  });

  it('an MP3 whose tag does not end, of which decoders would keep every byte', async () => {
    const tag = new Uint8Array(34 * 1024 * 1024);
    tag.set(Buffer.from('ID3\x04\0\0\x64\0\0\0', 'latin1'));
    await expect(decode(container, tag)).rejects.toMatchObject({
      reason: 'AUDIO_CONTAINER_CORRUPT',
      message: expect.stringContaining('no audio in 33554432 bytes') as string,
    });
  });

  it('an Opus page of 24 s in stereo, which would be decoded in one step', async () => {
    const head = oggPage(Buffer.from('OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\0', 'latin1'));
    // 200 packets of 120 ms, two bytes each.
    const audio = oggPage(Buffer.concat(Array.from({ length: 200 }, () => Buffer.of(0xff, 6))), {
      flags: 0,
      number: 1,
      sizes: Array.from({ length: 200 }, () => 2),
    });
    await expect(decode(container, Buffer.concat([head, audio]))).rejects.toMatchObject({
      reason: 'AUDIO_CONTAINER_CORRUPT',
      message: expect.stringContaining('a page of') as string,
    });
  });

  function flipped(name: string, at: number): Uint8Array {
    const bytes = fixture(name);
    bytes[at] ^= 0x40;
    return bytes;
  }
});

describe('an Ogg stream whose last page ends no packet', () => {
  it.each(['speech.opus', 'speech.vorbis.ogg'])('is decoded to its end: %s', async (name) => {
    const bytes = Buffer.from(fixture(name));
    const last = bytes.subarray(bytes.lastIndexOf('OggS'));
    last[5] &= ~4;
    sealed(last);
    const [serial, number] = [last.readUInt32LE(14), last.readUInt32LE(18) + 1];
    const empty = oggPage(new Uint8Array(0), { flags: 4, position: -1n, serial, number, sizes: [] });
    const { samples } = await decode(container, Buffer.concat([bytes, empty]));
    expect(samples.length).toBeGreaterThanOrEqual(speech.length);
    const { samples: whole } = await decode(container, fixture(name));
    // What its last page no longer cuts off reaches a little back.
    const sure = speech.length - 400;
    expect(samples.subarray(0, sure)).toEqual(whole.subarray(0, sure));
  });
});

function pcm(encoding: 's16le' | 'f32le' | 'mulaw', samples: number): Uint8Array {
  const wave = Float32Array.from(
    { length: samples },
    (_, i) => 0.4 * Math.sin(i * 0.05) + 0.3 * Math.sin(i * 0.31),
  );
  if (encoding === 'f32le') return new Uint8Array(wave.buffer);
  if (encoding === 's16le') return new Uint8Array(Int16Array.from(wave, (v) => v * 32767).buffer);
  return Uint8Array.from(wave, (v) => Math.round(v * 127) + 128);
}

/** A page, that which begins a stream unless told otherwise, its checksum right. */
function oggPage(
  body: Uint8Array,
  {
    flags = 2,
    position = 0n,
    serial = 0,
    number = 0,
    sizes = [body.length],
  }: { flags?: number; position?: bigint; serial?: number; number?: number; sizes?: number[] } = {},
): Buffer {
  const header = Buffer.alloc(27);
  header.write('OggS');
  header[5] = flags;
  header.writeBigInt64LE(position, 6);
  header.writeUInt32LE(serial, 14);
  header.writeUInt32LE(number, 18);
  header[26] = sizes.length;
  return sealed(Buffer.concat([header, Buffer.from(sizes), body]));
}

/** The same page with its checksum. */
function sealed(page: Buffer): Buffer {
  page.writeUInt32LE(0, 22);
  let crc = 0;
  for (const byte of page) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  }
  page.writeUInt32LE(crc >>> 0, 22);
  return page;
}

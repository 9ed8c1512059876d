import { type Image, TriptychClient } from '@triptych/client';
import { noise, photo } from '../pictures.js';
import { flood } from '../measuring.js';
import { median, time } from '../statistics.js';
import type { Measures } from './measure.js';

const SIZE = 224;
const CALL = 32;
const IN_FLIGHT = 3;
const CALLS = 6;

/** Raw pixels and JPEGs, one at a time and as many as may be. */
export async function imageMeasures(address: string): Promise<Measures> {
  const client = new TriptychClient(address, { ownConnections: true });
  const raw: Image = { raw: { format: 1, width: SIZE, height: SIZE, data: noise(SIZE, SIZE) } };
  const jpeg: Image = { encoded: await photo(640, 480) };
  const encode = (image: Image, count: number) =>
    client.encodeImages({ images: Array<Image>(count).fill(image), options: { encoding: 2 } });
  const several = async (image: Image) => {
    const times: number[] = [];
    for (let i = 0; i < 9; i++) times.push(await time(() => encode(image, 1)));
    return median(times);
  };
  const rate = async (image: Image) =>
    (CALLS * CALL) / (await time(() => flood(CALLS, IN_FLIGHT, () => encode(image, CALL))));
  await Promise.all([encode(raw, 1), encode(jpeg, 2)]);
  await rate(jpeg);
  return {
    all: [
      { name: 'one of raw pixels, time', run: () => several(raw) },
      { name: 'one JPEG, time', run: () => several(jpeg) },
      { name: 'raw pixels, images a second, rate', run: () => rate(raw) },
      { name: 'JPEGs, images a second, rate', run: () => rate(jpeg) },
    ],
    close: () => client.close(),
  };
}

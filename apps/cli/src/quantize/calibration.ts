import { readFile } from 'node:fs/promises';
import type { CalibrationInputs } from '@triptych/quantizer';
import { findMedia, type Media, mediaOf } from '../encode/media.js';
import { referenceImages, sampleImages, sampleSpeech, sampleTexts } from '../paths.js';

/** Of one kind: more take longer and find hardly another range. */
const MOST_INPUTS = 128;

/** What to calibrate with: what lies at these paths, and the repository's samples of the kinds that they have none of. */
export async function calibrationInputs(paths: readonly string[]): Promise<CalibrationInputs> {
  const found = paths.length > 0 ? await findMedia(paths, ['audio', 'image', 'text']) : [];
  const of = (media: Media) => found.filter((path) => (mediaOf(path) ?? 'audio') === media);
  const [audio, images] = [of('audio'), of('image')];
  const texts = (await Promise.all(of('text').map(linesOf))).flat();
  return {
    audio: spread(audio.length > 0 ? audio : await findMedia([sampleSpeech], ['audio'])),
    images: spread(images.length > 0 ? images : await findMedia([sampleImages, referenceImages], ['image'])),
    texts: spread(texts.length > 0 ? texts : await linesOf(sampleTexts)),
  };
}

async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).split(/\r?\n/).filter((line) => line.trim() !== '');
}

/** At most so many, from the whole of the list. */
function spread<T>(all: readonly T[]): T[] {
  const count = Math.min(MOST_INPUTS, all.length);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]);
}

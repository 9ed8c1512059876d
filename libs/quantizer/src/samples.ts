import { readFile } from 'node:fs/promises';
import type { AudioTower } from '@triptych/audio-encoder';
import { messageOf, soleCaller, TriptychError } from '@triptych/core';
import {
  AudioPreprocessor,
  type AudioStream,
  ImagePreprocessor,
  type ImageRecipe,
  TextPreprocessor,
} from '@triptych/preprocessing';
import type { TextTower } from '@triptych/text-encoder';

const limits = { workers: 2, decodeTimeoutMs: 60_000 };
const MAX_PIXELS = 100_000_000;

/** Recordings as samples at a tower's rate, cut at the length of its context. */
export async function prepareAudio(
  { sampleRate, contextSamples: context }: AudioTower,
  files: readonly string[],
): Promise<Float32Array<ArrayBuffer>[]> {
  const plan = { windowSamples: context, hopSamples: context, emitTail: true };
  const decoder = await AudioPreprocessor.start(limits);
  try {
    const clips = await eachFile(files, async (data) => {
      const format = { encoding: 'container' } as const;
      const stream = decoder.open(format, sampleRate, plan, { caller: soleCaller() });
      try {
        stream.push(data, 0, false);
        const body = await windowsOf(stream);
        stream.finish(1);
        return [...body, ...(await windowsOf(stream))];
      } finally {
        stream.close();
      }
    });
    return clips.flat();
  } finally {
    await decoder.close();
  }
}

/** What is left of the windows of what was pushed. */
async function windowsOf(stream: AudioStream): Promise<Float32Array<ArrayBuffer>[]> {
  const all: Float32Array<ArrayBuffer>[] = [];
  for (;;) {
    const { windows, isDone, failure } = await stream.pull(Infinity);
    if (failure) throw TriptychError.fromRecord(failure);
    for (const { content } of windows) {
      if ('error' in content) throw TriptychError.fromRecord(content.error);
      all.push(content.samples);
    }
    if (isDone) return all;
  }
}

/** Pixels as a tower takes them. */
export async function prepareImages(
  recipe: ImageRecipe,
  files: readonly string[],
): Promise<Uint8Array<ArrayBuffer>[]> {
  const decoder = await ImagePreprocessor.start({ ...limits, maxPixels: MAX_PIXELS });
  try {
    return await eachFile(
      files,
      async (data) => (await decoder.prepare({ kind: 'encoded', data }, recipe)).pixels,
    );
  } finally {
    await decoder.close();
  }
}

/** Token ids, as a tower's tokenizer gives them. `name` is the model's. */
export async function prepareTexts(
  { maxTokens, tokenizer, defaultPrompt }: TextTower,
  name: string,
  texts: readonly string[],
): Promise<(readonly number[])[]> {
  const preprocessor = await TextPreprocessor.start({ name, tokenizer: tokenizer() });
  try {
    const idsOf = async (text: string) => (await preprocessor.tokenize(defaultPrompt + text, maxTokens)).ids;
    return await Promise.all(texts.map(idsOf));
  } finally {
    await preprocessor.close();
  }
}

async function eachFile<T>(
  files: readonly string[],
  prepare: (data: Uint8Array<ArrayBuffer>) => Promise<T>,
): Promise<T[]> {
  const prepared: T[] = [];
  for (const file of files) {
    try {
      prepared.push(await prepare(new Uint8Array(await readFile(file))));
    } catch (thrown) {
      const { reason } = TriptychError.from(thrown, 'FILE_UNREADABLE');
      throw new TriptychError(reason, `${file}: ${messageOf(thrown)}`, { cause: thrown });
    }
  }
  return prepared;
}

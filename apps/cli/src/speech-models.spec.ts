import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertCheckpoint, inspectModel, openModel } from '@triptych/model-families';
import { type TinyWhisperOptions, writeTinyWhisper } from '@triptych/reference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './testing/run-cli.js';

let work: string;
let whole: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-speech-'));
  whole = await converted('whole');
});
afterAll(() => rm(work, { recursive: true }));

/** A model directory of a small Whisper. */
async function converted(name: string, options?: TinyWhisperOptions): Promise<string> {
  const [source, target] = [join(work, `${name}-hf`), join(work, name)];
  await writeTinyWhisper(source, options);
  await convertCheckpoint({ source, target, dtype: 'float32', modelName: name, converterVersion: '1' });
  return target;
}

const fingerprintOf = async (path: string) => {
  const { directory } = await openModel(path);
  return (await directory.identify([await directory.load()])).fingerprint;
};

describe('a converted Whisper', () => {
  it('has its decoder in a file beside the weights that make vectors, which are what they are without it', async () => {
    expect((await readdir(whole)).sort()).toEqual([
      'decoder.parquet',
      'generation_config.json',
      'metadata.json',
      'tokenizer.json',
      'weights.parquet',
    ]);
    const alone = await converted('alone', { without: ['generation_config.json', 'tokenizer.json'] });
    expect((await readdir(alone)).sort()).toEqual(['metadata.json', 'weights.parquet']);
    const weights = (path: string) => readFile(join(path, 'weights.parquet'));
    expect(await weights(whole)).toEqual(await weights(alone));
    expect(await fingerprintOf(whole)).toBe(await fingerprintOf(alone));
    const { directory, model } = await openModel(whole);
    const decoder = directory.decoder;
    expect((await decoder?.identify([await decoder.load()]))?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect([...(model.speech?.tokens.languages.keys() ?? [])]).toEqual(['en', 'de', 'fr']);
  });

  it('transcribes, which inspect tells, or why it does not', async () => {
    const { code, stdout } = await runCli(['inspect', whole]);
    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(
      /transcribes +yes, 3 languages: a decoder of 2 layers with [\d,]+ parameters in .*decoder\.parquet/,
    );
    expect(stdout.toString()).toMatch(/word times +no: generation_config.json has no alignment_heads\n/);
    expect(stdout.toString()).toMatch(/missing +nothing\nmisshapen +nothing\nnot used +nothing\n/);
    const speech = async (path: string) => (await inspectModel(path)).speech;
    expect(await speech(`${whole}-hf`)).toMatchObject({ transcribes: true, layers: 2 });
    const english = await converted('english', { isEnglish: true });
    expect(await speech(english)).toMatchObject({ transcribes: true, languages: [] });
    expect(await speech(join(work, 'alone'))).toEqual({
      transcribes: false,
      why: 'it holds no weights of a decoder',
    });
    const { files, tensors } = await inspectModel(join(work, 'alone-hf'));
    expect([files, tensors.some(({ name }) => name.startsWith('decoder.'))]).toEqual([{}, false]);
  });

  it('has times of words where heads of its decoder align, which inspect tells', async () => {
    const alignment_heads = [
      [0, 1],
      [1, 0],
    ];
    const aligned = await converted('aligned', { generation: { alignment_heads } });
    expect((await runCli(['inspect', aligned])).stdout.toString()).toMatch(
      /word times +yes: 2 of its heads align\n/,
    );
    expect((await inspectModel(aligned)).speech).toMatchObject({ alignmentHeads: 2 });
    expect((await inspectModel(whole)).speech).toMatchObject({ alignmentHeads: 0 });
    expect((await runCli(['inspect', join(work, 'alone')])).stdout.toString()).not.toMatch(/word times/);
  });

  it('is converted for its vectors where what its decoder takes is not there, or is not right', async () => {
    const why = async (name: string, options: TinyWhisperOptions) => {
      const path = await converted(name, options);
      expect(await readdir(path)).not.toContain('decoder.parquet');
      return (await inspectModel(`${path}-hf`)).speech;
    };
    expect(await why('mute', { without: ['tokenizer.json'] })).toMatchObject({
      why: expect.stringContaining('tokenizer.json is missing') as string,
    });
    expect(await why('old', { generation: { no_timestamps_token_id: undefined } })).toMatchObject({
      why: expect.stringContaining('no_timestamps_token_id') as string,
    });
    expect(await why('strange', { generation: { lang_to_id: { '<|en|>': 4000 } } })).toMatchObject({
      why: expect.stringContaining('below vocab_size') as string,
    });
  });

  it('is refused where it does not have what it promises', async () => {
    const metadata = JSON.parse(await readFile(join(whole, 'metadata.json'), 'utf8')) as {
      decoder: { num_weight_tensors: unknown };
    };
    const directory = await converted('changed');
    const edit = async (decoder: object) => {
      const text = JSON.stringify({ ...metadata, decoder: { ...metadata.decoder, ...decoder } });
      await writeFile(join(directory, 'metadata.json'), text);
    };
    await edit({ num_weight_tensors: 'many' });
    await expect(openModel(directory)).rejects.toMatchObject({
      reason: 'MODEL_CONFIG',
      message: expect.stringContaining('decoder.num_weight_tensors') as string,
    });
    await edit({ fingerprint: 'another' });
    const { decoder } = (await openModel(directory)).directory;
    const identity = decoder?.load().then((read) => decoder.identify([read]));
    await expect(identity).rejects.toThrow(/fingerprint .* metadata.json has another/);
    // Nobody reads it who makes vectors.
    expect(await fingerprintOf(directory)).toBe(await fingerprintOf(whole));
  });
});

import { cp, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleImages, sampleSpeech } from '../paths.js';
import { CACHE_FILE } from '../search/vector-cache.js';
import { jsonLines, runCli, startCli } from '../testing/run-cli.js';

interface Answer {
  readonly images: number;
  readonly results: { readonly path: string; readonly score: number }[];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triptych-search-'));
  await cp(sampleImages, folder, { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

async function search(
  query: string,
  ...flags: string[]
): Promise<Answer & { code: number | null; stderr: string }> {
  const { code, stdout, stderr } = await runCli(['search', query, folder, '--json', ...flags]);
  return { ...(JSON.parse(stdout.toString() || '{}') as Answer), code, stderr };
}

const cached = async () =>
  Object.keys((JSON.parse(await readFile(join(folder, CACHE_FILE), 'utf8')) as { vectors: object }).vectors);

describe('triptych search', () => {
  it('finds what words, a picture and a spoken query mean, and keeps the vectors', async () => {
    const written = await search('a sailboat', '--top', '3');
    expect(written.results).toHaveLength(3);
    expect(written.results[0].path).toBe(join(folder, 'sailboat.png'));
    expect(await cached()).toHaveLength(12);
    expect((await search(join(sampleSpeech, 'pizza-b.wav'))).results[0].path).toBe(join(folder, 'pizza.png'));
    const alike = await search(join(sampleImages, 'volcano.png'));
    expect(alike.results[0]).toEqual({
      path: join(folder, 'volcano.png'),
      score: expect.closeTo(1, 5) as number,
    });
  });

  it('takes several queries together, by their weights and a rule', async () => {
    const spoken = join(sampleSpeech, 'pizza-b.wav');
    const [pizza, sailboat] = ['pizza.png', 'sailboat.png'].map((name) => join(folder, name));
    const first = async (...flags: string[]) =>
      (await search('a sailboat', '--with', spoken, ...flags)).results[0].path;
    expect(await first('--weights', '1,9')).toBe(pizza);
    expect(await first('--weights', '9,1', '--rule', 'mean-cosine')).toBe(sailboat);
    const both = (await search('a pizza', '--with', spoken, '--with', join(sampleImages, 'pizza.png')))
      .results;
    expect(both[0].path).toBe(pizza);
    // A z-score, not a cosine.
    expect(both[0].score).toBeGreaterThan(1);
    for (const wrong of [
      ['--weights', '1'],
      ['--weights', '0,0'],
      ['--weights', '1,x'],
      ['--rule', 'median'],
    ]) {
      const { code, stderr } = await search('a sailboat', '--with', spoken, ...wrong);
      expect(code).toBe(1);
      expect(stderr).toContain(`${wrong[0]} `);
    }
  });

  it('encodes anew what has changed, forgets what is gone, and names what is no image', async () => {
    const target = join(folder, 'sailboat.png');
    await cp(join(sampleImages, 'pizza.png'), target);
    await utimes(target, new Date(), new Date(1_700_000_000_000));
    await rm(join(folder, 'volcano.png'));
    await writeFile(join(folder, 'broken.jpg'), 'nothing of the kind');
    const { code, stderr, images, results } = await search('pizza');
    expect(code).toBe(1);
    expect(stderr).toMatch(/broken\.jpg: the image is of no known format/);
    expect(images).toBe(11);
    expect(
      results
        .slice(0, 2)
        .map(({ path }) => path)
        .sort(),
    ).toEqual([join(folder, 'pizza.png'), target]);
    expect((await cached()).sort()).not.toContain('volcano.png');
  });

  it('takes anything that is no cache of this model for an empty one', async () => {
    await rm(join(folder, 'broken.jpg'), { force: true });
    await writeFile(join(folder, CACHE_FILE), '{"version": 1, "fingerprint": "of another", "vectors": 7}');
    expect((await search('honeybee')).results[0].path).toBe(join(folder, 'honeybee.png'));
    expect(await cached()).toHaveLength(11);
  });
});

describe('a search whose images are all cached', () => {
  it('scores as a server does, without one, and without what encodes images', async () => {
    const fresh = await search('a honeybee', '--no-cache');
    await search('a honeybee');
    // Node names each module that it loads.
    const args = ['search', 'a honeybee', folder, '--json'];
    const { stdout, stderr } = await startCli(args, undefined, { NODE_DEBUG: 'esm' }).finished;
    const { results } = JSON.parse(stdout.toString()) as Answer;
    expect(results.map(({ path }) => path)).toEqual(fresh.results.map(({ path }) => path));
    for (const [i, { score }] of results.entries()) expect(score).toBeCloseTo(fresh.results[i].score, 6);
    expect(stderr).toContain('text-encoder/dist');
    expect(stderr).not.toMatch(/grpc-js|server\/dist\/compose|libs\/hub\/dist/);
  });
});

describe('triptych classify', () => {
  it('names pictures and recordings', async () => {
    const files = [join(sampleImages, 'honeybee.png'), join(sampleSpeech, 'volcano-a.wav')];
    const labels = ['--labels', 'pizza, honeybee, volcano', '--template', 'a picture of {}', '--json'];
    const { code, stdout } = await runCli(['classify', ...files, ...labels]);
    expect(code).toBe(0);
    const lines = jsonLines<{ source: string; labels: { label: string; probability: number }[] }>(stdout);
    expect(lines.map((line) => [line.source, line.labels[0].label])).toEqual([
      [files[0], 'honeybee'],
      [files[1], 'volcano'],
    ]);
  });
});

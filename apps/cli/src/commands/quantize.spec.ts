import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoModels, sampleSpeech } from '../paths.js';
import { jsonLines, runCli, startCli } from '../testing/run-cli.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-cli-quantize-'));
});
afterAll(() => rm(work, { recursive: true }));

describe('triptych quantize', () => {
  it(
    'takes what writes words to int8, too, which writes what its original does',
    { timeout: 240_000 },
    async () => {
      const target = join(work, 'speech', 'whisper-int8');
      await mkdir(join(work, 'speech'));
      const made = await runCli(['quantize', demoModels[0], target, '--json']);
      const { decoderProducts } = JSON.parse(String(made.stdout)) as { decoderProducts: number };
      expect(decoderProducts).toBeGreaterThan(10);
      const [written, original] = await Promise.all(
        [target, demoModels[0]].map((model) => stat(join(model, 'decoder.parquet'))),
      );
      expect(written.size).toBeLessThan(original.size / 2);
      const textsBy = async (model: string) => {
        const { stdout } = await runCli(['transcribe', sampleSpeech, '--format', 'json', '--model', model]);
        return jsonLines<{ source: string; text: string }>(stdout).map(
          ({ source, text }) => `${source}: ${text}`,
        );
      };
      const expected = new Set(await textsBy(demoModels[0]));
      const found = await textsBy(target);
      expect(found).toHaveLength(24);
      expect(found.filter((text) => expected.has(text)).length).toBeGreaterThanOrEqual(22);
    },
  );

  it('makes a model that validates against its original’s reference, and passes the self-check', async () => {
    const target = join(work, 'clip-int8');
    const made = await runCli(['quantize', demoModels[1], target, '--json']);
    expect(made.stderr).toBe('');
    const { towers } = JSON.parse(String(made.stdout)) as { towers: { name: string; minCosine: number }[] };
    expect(towers.map(({ name }) => name)).toEqual(['image', 'text']);
    expect((await readdir(work)).filter((name) => name !== 'speech')).toEqual(['clip-int8']);

    const validated = await runCli(['validate', target, '--json']);
    const { items, passed } = JSON.parse(String(validated.stdout)) as { items: unknown[]; passed: boolean };
    expect(items).toHaveLength(17);
    expect(passed).toBe(true);

    const args = ['serve', '--model', target, '--self-check', '--listen', '127.0.0.1:0'];
    const { child, finished } = startCli(args);
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    const served = await finished;
    expect(served.code, served.stderr).toBe(0);
    expect(served.stderr).toContain('self-check passed');
    expect(served.stderr).toContain('"weightType":"int8"');
  });
});

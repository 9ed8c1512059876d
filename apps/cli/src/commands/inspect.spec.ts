import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeSafetensors } from '@triptych/weight-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoModels } from '../paths.js';
import { runCli } from '../testing/run-cli.js';

const [whisper, clip] = demoModels;
let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-inspect-'));
});
afterAll(() => rm(work, { recursive: true }));

async function inspect(path: string) {
  const { code, stdout } = await runCli(['inspect', path, '--json']);
  return { code, found: JSON.parse(stdout.toString()) as Record<string, unknown> };
}

describe('triptych inspect', () => {
  it('says what is in a model directory, and that nothing is missing', async () => {
    const { code, stdout } = await runCli(['inspect', clip, '--tensors']);
    expect(code).toBe(0);
    const text = stdout.toString();
    expect(text).toMatch(/architecture +clip\n/);
    expect(text).toMatch(/tensors +174 with 2,532,993 parameters\n/);
    expect(text).toMatch(/stored as +float32 100.0 %\n/);
    expect(text).toMatch(/fingerprint +[0-9a-f]{64}\n/);
    expect(text).toMatch(/missing +nothing\nmisshapen +nothing\nnot used +nothing\n/);
    expect(text).toMatch(/float32 +\[128, 3, 16, 16\] +vision_model\.embeddings\.patch_embedding\.weight\n/);
  });

  it('says what is missing or of another shape, with exit code 1', async () => {
    const directory = join(work, 'edited');
    await cp(whisper, directory, { recursive: true });
    const path = join(directory, 'metadata.json');
    const metadata = JSON.parse(await readFile(path, 'utf8')) as { config: Record<string, unknown> };
    Object.assign(metadata.config, { encoder_layers: 5, max_source_positions: 100 });
    await writeFile(path, JSON.stringify(metadata));
    const { code, found } = await inspect(directory);
    expect(code).toBe(1);
    expect(found['check']).toMatchObject({
      missing: expect.arrayContaining(['encoder.layers.4.fc1.weight']) as string[],
      misshapen: [
        `${join(directory, 'weights.parquet')}: tensor encoder.embed_positions.weight: expected shape [100, 128], found [200, 128]`,
      ],
    });
  });

  it('reads a checkpoint and a weights file', async () => {
    const file = join(work, 'model.safetensors');
    await writeFile(
      file,
      encodeSafetensors([{ name: 'encoder.a', shape: [2], values: Float32Array.of(1, 2) }]),
    );
    await writeFile(
      join(work, 'config.json'),
      '{"architectures": ["WhisperModel"], "model_type": "whisper"}',
    );
    const tensors = [{ name: 'encoder.a', shape: [2], dtype: 'float32', parameters: 2 }];
    expect(await inspect(file)).toMatchObject({ code: 0, found: { kind: 'weights file', tensors } });
    const { code, stderr } = await runCli(['inspect', work]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Whisper configuration: d_model must be a positive integer/);
    const { found } = await inspect(join(whisper, 'weights.parquet'));
    expect(found).toMatchObject({ kind: 'weights file', schema: 'V1' });
  });

  it('goes on where the weights cannot be loaded whole, and says why', async () => {
    const directory = join(work, 'short');
    await cp(whisper, directory, { recursive: true });
    const path = join(directory, 'metadata.json');
    const text = (await readFile(path, 'utf8')).replace(
      '"num_weight_tensors": 67',
      '"num_weight_tensors": 68',
    );
    await writeFile(path, text);
    const { code, stdout, stderr } = await runCli(['inspect', directory]);
    expect(code).toBe(1);
    expect(stdout.toString()).toMatch(/missing +nothing/);
    expect(stderr).toMatch(/67 tensors with 898560 parameters; metadata.json promises 68/);
  });

  it('says what it cannot read', async () => {
    expect(await runCli(['inspect', join(work, 'absent')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('absent') as string,
    });
  });
});

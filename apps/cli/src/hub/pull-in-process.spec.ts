import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMIT, startFakeHub } from '@triptych/hub/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { demoCheckpoint } from '../testing/demo-checkpoint.js';
import { pullInProcess } from './pull-in-process.js';

afterEach(() => vi.unstubAllEnvs());

it('says which tensor of which file is wrong, and not where the cache lies', async () => {
  const work = await mkdtemp(join(tmpdir(), 'triptych-pull-in-process-'));
  const { 'config.json': text, ...files } = await demoCheckpoint();
  const config = { ...(JSON.parse(text.toString()) as object), encoder_ffn_dim: 256 };
  const hub = await startFakeHub('open/damaged', {
    ...files,
    'config.json': Buffer.from(JSON.stringify(config)),
  });
  vi.stubEnv('HF_ENDPOINT', hub.endpoint);
  vi.stubEnv('HF_HOME', join(work, 'hf'));
  vi.stubEnv('TRIPTYCH_CACHE', join(work, 'triptych'));
  await expect(pullInProcess('open/damaged', new AbortController().signal)).rejects.toMatchObject({
    message:
      `open/damaged could not be pulled: models--open--damaged/snapshots/${COMMIT}/model.safetensors: ` +
      'tensor encoder.layers.0.fc1.weight: expected shape [256, 128], found [512, 128]',
  });
  await hub.close();
  await rm(work, { recursive: true });
});

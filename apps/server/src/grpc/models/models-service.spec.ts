import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelState, TriptychClient } from '@triptych/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Flags } from '../../config/read-config.js';
import { tokenHash } from '../../security/token-file.js';
import { checkHealth } from '../../testing/check-health.js';
import { demoClip, demoModel, RATE, serveDemo, speech, type TestServer } from '../../testing/harness.js';

let work: string;
let root: string;
let test: TestServer;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-models-service-'));
  root = join(work, 'root');
  await cp(demoModel, join(root, 'deep/whisper'), { recursive: true });
  await cp(demoClip, join(root, 'clip'), { recursive: true });
  await cp(demoModel, join(work, 'outside'), { recursive: true });
  await symlink(join(work, 'outside'), join(root, 'link-out'));
  await symlink('clip', join(root, 'link-in'));
  await writeFile(join(root, 'file'), '');
  await cp(demoModel, join(root, 'damaged'), { recursive: true });
  const weights = await readFile(join(demoModel, 'weights.parquet'));
  await writeFile(join(root, 'damaged/weights.parquet'), weights.subarray(0, 9999));
  await configured('misshapen', { encoder_ffn_dim: 256 });
  await configured('short', { encoder_layers: 5 });
  await configured('unquantized', {
    quantization_config: {
      quant_method: 'triptych-int8',
      inputs: { 'encoder.layers.0.fc1.weight': { scale: 1, zero_point: 128 } },
    },
  });
});
afterEach(() => test.close());
afterAll(() => rm(work, { recursive: true }));

/** A copy of the demo model whose configuration asks for something else than its weights are. */
async function configured(name: string, changes: object): Promise<void> {
  const directory = join(root, name);
  await cp(demoModel, directory, { recursive: true });
  const path = join(directory, 'metadata.json');
  const metadata = JSON.parse(await readFile(path, 'utf8')) as { config: object };
  Object.assign(metadata.config, changes);
  await writeFile(path, JSON.stringify(metadata));
}

const serve = async (flags: Flags = {}) => {
  test = await serveDemo({ modelControl: true, modelRoots: [root], ...flags });
};
const clips = [{ format: { encoding: 1 as const, sampleRateHz: RATE }, data: speech('pizza-a') }];
const modelOf = async (model = '') => (await test.client.encodeAudio({ model, clips })).stamp?.model;
const list = async (all = false) =>
  Object.fromEntries((await test.client.listModels(all)).map((model) => [model.name, model]));

describe('Models.Load', () => {
  it('serves a model from below a root, as a version, under aliases, and says what it knows of it', async () => {
    await serve();
    const loaded = await test.client.loadModel({
      model: 'voices@2',
      path: 'deep/whisper',
      aliases: ['live', 'canary'],
    });
    expect(loaded).toMatchObject({
      name: 'voices@2',
      version: '2',
      aliases: ['voices', 'live', 'canary'],
      state: ModelState.MODEL_STATE_READY,
      loads: 1,
      failures: 0,
      architecture: 'whisper-encoder',
      captions: false,
      transcribes: true,
      lastFailure: null,
    });
    expect(loaded.memoryBytes).toBeGreaterThan(4 * loaded.parameters);
    expect(loaded.encoders).toHaveLength(1);
    expect(await Promise.all(['live', 'voices', 'voices@2'].map(modelOf))).toEqual(Array(3).fill('voices@2'));
    await test.client.loadModel({
      model: 'voices@3',
      path: 'deep/whisper',
      current: true,
      aliases: ['live'],
    });
    expect(await Promise.all(['live', 'voices', 'canary'].map(modelOf))).toEqual([
      'voices@3',
      'voices@3',
      'voices@2',
    ]);
    const { lastUse } = (await list())['voices@3'];
    expect(Math.abs(Number(lastUse?.seconds) - Date.now() / 1000)).toBeLessThan(60);
    for (const name of ['voices', 'voices@3', 'live', 'demo-whisper'])
      expect(await checkHealth(test.server.address, name)).toBe('SERVING');
  });

  it('knows a model without loading it, where that is asked for', async () => {
    await serve();
    const known = await test.client.loadModel({ model: 'pictures', path: 'link-in', onDemand: true });
    expect(known).toMatchObject({ state: ModelState.MODEL_STATE_STANDBY, loads: 0, transcribes: false });
    expect(known.encoders.map(({ text }) => text?.maxTokens)).toEqual([undefined, 32]);
    expect(await checkHealth(test.server.address, 'triptych.v1.CrossModal')).toBe('SERVING');
    await test.client.encodeTexts({ texts: ['a'] });
    expect((await list())['pictures']).toMatchObject({ state: ModelState.MODEL_STATE_READY, loads: 1 });
  });

  it.each([
    '../outside',
    'clip/../../outside',
    '/etc',
    '.',
    '',
    'clip/',
    'deep//whisper',
    'clip\\..',
    'clip\0',
    'link-out',
    'none',
    'file',
    'x'.repeat(5000),
  ])('takes no path that is no folder below a root: %.20j', async (path) => {
    await serve();
    await expect(test.client.loadModel({ model: 'm', path })).rejects.toMatchObject({
      code: 3,
      details: { reason: 'MODEL_SOURCE_INVALID', violations: [{ field: 'path' }] },
    });
    expect(Object.keys(await list(true))).toEqual(['demo-whisper']);
  });

  it('loads nothing by path where there is no root, and nothing of a hub where none is allowed', async () => {
    await serve({ modelRoots: [] });
    await expect(test.client.loadModel({ model: 'm', path: 'clip' })).rejects.toThrow(/--model-root/);
    await expect(test.client.loadModel({ hub: 'openai/whisper-tiny' })).rejects.toThrow(/--hub-model/);
    for (const hub of ['--help', 'a/b/c', '../x', 'a', `a/${'b'.repeat(200)}`])
      await expect(test.client.loadModel({ hub })).rejects.toThrow(/expected OWNER\/NAME/);
  });

  it('says file, tensor and expectation of what it cannot load, and serves on what was there', async () => {
    await serve();
    const failure = { code: 9, details: { reason: 'MODEL_LOAD_FAILED' } };
    const replacing = test.client.loadModel({ model: 'demo-whisper', path: 'damaged' });
    await expect(replacing).rejects.toMatchObject(failure);
    await expect(replacing).rejects.toThrow(/^\S* ?.*WEIGHTS_CORRUPT: \.\/weights\.parquet: /);
    await expect(replacing).rejects.not.toThrow(root);
    await expect(test.client.loadModel({ model: 'new', path: 'damaged' })).rejects.toMatchObject(failure);
    expect(await modelOf()).toBe('demo-whisper');
    const models = await list(true);
    expect(Object.keys(models)).toEqual(['demo-whisper']);
    expect(models['demo-whisper']).toMatchObject({
      state: ModelState.MODEL_STATE_READY,
      failures: 1,
      lastFailure: { reason: 'WEIGHTS_CORRUPT' },
    });
    expect(models['demo-whisper'].lastFailure?.message).not.toContain(root);
  });

  it.each([
    [
      'misshapen',
      'TENSOR_SHAPE',
      'tensor encoder.layers.0.fc1.weight: expected shape [256, 128], found [512, 128]',
    ],
    [
      'short',
      'TENSOR_MISSING',
      'tensor encoder.layers.4.self_attn_layer_norm.weight is missing; expected shape [128]',
    ],
    [
      'unquantized',
      'WEIGHTS_SCHEMA',
      'tensor encoder.layers.0.fc1.weight: the configuration has it computed in int8; expected int8 values with a scale for each ' +
        'of 512 output channels and no zero points, found float32',
    ],
  ])('says file, tensor, expected and found of a model that is %s', async (path, reason, problem) => {
    await serve();
    const expected = `${reason}: ./weights.parquet: ${problem}`;
    for (const model of ['demo-whisper', 'new'])
      await expect(test.client.loadModel({ model, path })).rejects.toMatchObject({
        code: 9,
        message: expect.stringContaining(expected) as string,
        details: { reason: 'MODEL_LOAD_FAILED' },
      });
    expect(await modelOf()).toBe('demo-whisper');
    const models = await list(true);
    expect(Object.keys(models)).toEqual(['demo-whisper']);
    expect(models['demo-whisper']).toMatchObject({
      state: ModelState.MODEL_STATE_READY,
      loads: 1,
      failures: 1,
      lastFailure: { reason, message: `demo-whisper/weights.parquet: ${problem}` },
    });
  });

  it('refuses names and aliases that cannot be, before anything is loaded', async () => {
    await serve();
    const load = (more: object) => test.client.loadModel({ model: 'm', path: 'deep/whisper', ...more });
    for (const more of [{ model: 'a=b' }, { aliases: ['demo-whisper'] }, { aliases: [''] }, { model: 'm\n' }])
      await expect(load(more)).rejects.toMatchObject({ code: 3, details: { reason: 'MODEL_NAME_INVALID' } });
    const aliases = Array.from({ length: 17 }, (_, i) => `alias-${i}`);
    await expect(load({ aliases })).rejects.toMatchObject({ details: { reason: 'BATCH_TOO_LARGE' } });
    await expect(test.client.loadModel({ model: 'nobody' })).rejects.toMatchObject({ code: 5 });
    expect(Object.keys(await list(true))).toEqual(['demo-whisper']);
  });
});

describe('Models.Unload and Models.Reload', () => {
  it('end a model, and bring what lies in its folder now', async () => {
    await serve();
    await test.client.loadModel({ model: 'm', path: 'deep/whisper' });
    const gone = await test.client.unloadModel({ model: 'm', wait: true });
    expect(gone.state).toBe(ModelState.MODEL_STATE_UNLOADED);
    await expect(modelOf('m')).rejects.toMatchObject({ code: 5 });
    expect(Object.keys(await list())).toEqual(['demo-whisper']);
    expect((await list(true))['m'].state).toBe(ModelState.MODEL_STATE_UNLOADED);
    expect(await checkHealth(test.server.address, 'm')).toBe('NOT_SERVING');
    await expect(test.client.reloadModel('m')).rejects.toMatchObject({ code: 5 });
    await test.client.loadModel({ model: 'm' });
    expect(await modelOf('m')).toBe('m');

    const moved = join(root, 'deep/before');
    await rename(join(root, 'deep/whisper'), moved);
    await mkdir(join(root, 'deep/whisper'));
    await expect(test.client.reloadModel('m')).rejects.toMatchObject({
      code: 9,
      details: { reason: 'MODEL_LOAD_FAILED' },
    });
    expect(await modelOf('m')).toBe('m');
    await rm(join(root, 'deep/whisper'), { recursive: true });
    await rename(moved, join(root, 'deep/whisper'));
    expect(await test.client.reloadModel('m')).toMatchObject({ loads: 3, failures: 1 });
  });
});

describe('who may change what is served', () => {
  const changes = (client: TriptychClient) => [
    client.loadModel({ model: 'm', path: 'clip' }),
    client.unloadModel({ model: 'demo-whisper' }),
    client.reloadModel('demo-whisper'),
  ];

  it('is nobody, unless the server is told so', async () => {
    await serve({ modelControl: false });
    for (const change of changes(test.client))
      await expect(change).rejects.toMatchObject({ code: 7, details: { reason: 'METHOD_DENIED' } });
    expect(Object.keys(await list(true))).toEqual(['demo-whisper']);
  });

  it('is a token that names the method in full, where tokens are asked for', async () => {
    const tokens = join(work, 'tokens.json');
    const entry = (name: string, methods: string[]) => ({ name, sha256: tokenHash(name), methods });
    const models = '/triptych.v1.Models';
    const entries = [
      entry('all', ['*']),
      entry('service', [`${models}/*`]),
      entry('operator', [`${models}/Unload`, `${models}/Reload`]),
    ];
    await writeFile(tokens, JSON.stringify({ tokens: entries }));
    await serve({ tokens });
    for (const token of ['all', 'service']) {
      const client = new TriptychClient(test.server.address, { token });
      for (const change of changes(client))
        await expect(change).rejects.toMatchObject({ code: 7, details: { reason: 'METHOD_DENIED' } });
      expect(await client.listModels()).toHaveLength(1);
      client.close();
    }
    const operator = new TriptychClient(test.server.address, { token: 'operator' });
    expect(await operator.reloadModel('demo-whisper')).toMatchObject({ loads: 2 });
    await expect(operator.loadModel({ model: 'm', path: 'clip' })).rejects.toMatchObject({ code: 7 });
    operator.close();
  });
});

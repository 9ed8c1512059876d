import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertCheckpoint, openModel } from '@triptych/model-families';
import { encodeSafetensors } from '@triptych/weight-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoModels } from '../paths.js';
import { runCli } from '../testing/run-cli.js';

const [, clip] = demoModels;
const reference = join(clip, 'reference.json');
let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-validate-'));
});
afterAll(() => rm(work, { recursive: true }));

interface Outcome {
  readonly passed: boolean;
  readonly cosine: { readonly min: number };
  readonly problems: readonly string[];
}

async function validate(directory: string, ...flags: string[]) {
  const { code, stdout, stderr } = await runCli([
    'validate',
    directory,
    '--reference',
    reference,
    '--json',
    ...flags,
  ]);
  return { code, stderr, outcome: JSON.parse(stdout.toString() || 'null') as Outcome | null };
}

/** The demo's CLIP with another configuration, and no fingerprint that would tell. */
async function edited(
  name: string,
  edit: (config: Record<string, Record<string, unknown>>) => void,
): Promise<string> {
  const directory = join(work, name);
  await cp(clip, directory, { recursive: true });
  const path = join(directory, 'metadata.json');
  const metadata = JSON.parse(await readFile(path, 'utf8')) as {
    fingerprint?: string;
    config: Record<string, Record<string, unknown>>;
  };
  delete metadata.fingerprint;
  edit(metadata.config);
  await writeFile(path, JSON.stringify(metadata));
  return directory;
}

/** The demo's CLIP with two tensors of one shape exchanged. */
async function swapped(first: string, second: string): Promise<string> {
  const { weights } = await (await openModel(clip)).directory.load();
  const other = new Map([
    [first, second],
    [second, first],
  ]);
  const tensors = [...weights.tensors].map(([name, { shape, part, byteOffset, byteLength }]) => ({
    name: other.get(name) ?? name,
    shape,
    values: new Float32Array(weights.parts[part], byteOffset, byteLength / 4),
  }));
  const source = join(work, 'swapped-hf');
  await cp(clip, source, { recursive: true });
  const { config } = JSON.parse(await readFile(join(clip, 'metadata.json'), 'utf8')) as { config: object };
  await writeFile(join(source, 'config.json'), JSON.stringify(config));
  await writeFile(join(source, 'model.safetensors'), encodeSafetensors(tensors));
  const target = join(work, 'swapped');
  await convertCheckpoint({ source, target, dtype: 'float32', converterVersion: '1' });
  return target;
}

describe('triptych validate', () => {
  it('passes the demo models by their own references, and writes a report', async () => {
    for (const model of demoModels) {
      const report = join(work, 'report.html');
      const { code, stdout } = await runCli(['validate', model, '--html', report]);
      expect(code).toBe(0);
      expect(stdout.toString()).toMatch(/cosine +min 1\.000000000.*\n[^]*result +passed\n/);
      const html = await readFile(report, 'utf8');
      expect(html.match(/<circle/g)?.length).toBeGreaterThan(50);
      expect(html).not.toMatch(/https?:|<script/);
    }
  });

  it.each([
    [
      'the exact GELU for quick_gelu',
      () =>
        edited('gelu', ({ vision_config, text_config }) => {
          vision_config['hidden_act'] = 'gelu';
          text_config['hidden_act'] = 'gelu';
        }),
    ],
    [
      'another layer-norm epsilon',
      () =>
        edited('epsilon', ({ vision_config, text_config }) => {
          vision_config['layer_norm_eps'] = 1e-2;
          text_config['layer_norm_eps'] = 1e-2;
        }),
    ],
    [
      'two tensors exchanged',
      () =>
        swapped(
          'vision_model.encoder.layers.2.self_attn.q_proj.weight',
          'vision_model.encoder.layers.2.self_attn.k_proj.weight',
        ),
    ],
  ])('catches %s', async (_what, make) => {
    const directory = await make();
    const { code, outcome } = await validate(directory);
    expect(code).toBe(1);
    expect(outcome?.passed).toBe(false);
    expect(outcome?.problems[0]).toMatch(/cosine 0\.\d+, below 0\.99999/);
  });

  it('refuses another configuration than was converted before anything is compared', async () => {
    const directory = await edited('pinned', ({ vision_config }) => (vision_config['hidden_act'] = 'gelu'));
    const metadata = JSON.parse(await readFile(join(directory, 'metadata.json'), 'utf8')) as object;
    const { fingerprint } = JSON.parse(await readFile(join(clip, 'metadata.json'), 'utf8')) as {
      fingerprint: string;
    };
    await writeFile(join(directory, 'metadata.json'), JSON.stringify({ ...metadata, fingerprint }));
    const { code, stderr } = await validate(directory);
    expect(code).toBe(1);
    expect(stderr).toMatch(/from its conversion/);
  });

  it('reads no input from outside of the reference’s folder, nor does quantize copy or serve check it', async () => {
    const directory = await mkdtemp(join(work, 'outside-'));
    await cp(clip, directory, { recursive: true });
    const items = [{ image: '../secret.png', vector: Buffer.alloc(512).toString('base64') }];
    await writeFile(join(directory, 'reference.json'), JSON.stringify({ items }));
    const serve = ['serve', '--model', directory, '--listen', '127.0.0.1:0', '--self-check'];
    const quantize = ['quantize', directory, join(work, 'never')];
    for (const args of [['validate', directory], quantize, serve]) {
      const { code, stderr } = await runCli(args);
      expect(code).toBe(1);
      expect(stderr).toMatch(/"\.\.\/secret\.png" is no file of it: /);
    }
  });

  it('says what it cannot read', async () => {
    const path = join(work, 'empty.json');
    await writeFile(path, '{"items": []}');
    const { code, stderr } = await runCli(['validate', clip, '--reference', path]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/empty\.json: not a reference file \(it holds no items\)/);
  });
});

describe('triptych serve --self-check', () => {
  it('does not serve a model whose vectors are not those of its reference', async () => {
    const directory = await edited('wrong', ({ vision_config }) => (vision_config['hidden_act'] = 'gelu'));
    const flags = ['--model', directory, '--listen', '127.0.0.1:0', '--log-level', 'silent', '--self-check'];
    const { code, stdout, stderr } = await runCli(['serve', ...flags]);
    expect(code).toBe(1);
    expect(stdout.toString()).toBe('');
    expect(stderr).toMatch(/reference\.json: .*cosine 0\.\d+ to the reference, expected at least 0\.9999\n$/);
  });
});

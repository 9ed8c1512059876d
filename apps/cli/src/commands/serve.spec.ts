import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TriptychClient } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoModels } from '../paths.js';
import { runCli, startCli } from '../testing/run-cli.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-serve-'));
});
afterAll(() => rm(work, { recursive: true }));

/** A copy of the demo model, changed. */
async function broken(change: (directory: string) => Promise<unknown>): Promise<string> {
  const directory = await mkdtemp(join(work, 'model-'));
  await cp(demoModels[0], directory, { recursive: true });
  await change(directory);
  return directory;
}

async function editMetadata(
  directory: string,
  edit: (metadata: { config: Record<string, unknown>; architecture: string }) => void,
) {
  const path = join(directory, 'metadata.json');
  const metadata = JSON.parse(await readFile(path, 'utf8')) as Parameters<typeof edit>[0];
  edit(metadata);
  await writeFile(path, JSON.stringify(metadata));
}

describe('triptych serve', () => {
  it('serves the demo models by default, prints its address once it does, and ends with 0 on SIGTERM', async () => {
    const { child, finished } = startCli(['serve', '--listen', '127.0.0.1:0', '--log-level', 'warn']);
    const line = await new Promise<string>((resolve) =>
      child.stdout!.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    const [, address] = /^listening on (127\.0\.0\.1:\d+)\n$/.exec(line)!;
    const client = new TriptychClient(address);
    expect((await client.listModels()).map((m) => m.name)).toEqual(['demo-whisper', 'demo-clip']);
    client.close();
    child.kill('SIGTERM');
    expect(await finished).toMatchObject({ code: 0, stderr: '' });
  });

  it('reports to nobody, and writes nothing where it was not told to', async () => {
    const home = await mkdtemp(join(work, 'home-'));
    const env = { HOME: home, TMPDIR: home, ORT_DISABLE_TELEMETRY: undefined };
    const { child, finished } = startCli(['serve', '--listen', '127.0.0.1:0'], undefined, env);
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    child.kill('SIGTERM');
    expect(await finished).toMatchObject({ code: 0 });
    expect(await readdir(home, { recursive: true })).toEqual([]);
  });

  it('answers, and ends with the process that was started', async () => {
    const { child, finished } = startCli(['serve', '--listen', '127.0.0.1:0', '--log-level', 'warn']);
    const line = await new Promise<string>((resolve) =>
      child.stdout!.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    const [, address] = /^listening on (.+)\n$/.exec(line)!;
    const client = new TriptychClient(address, { timeoutMs: 2000 });
    expect(await client.listModels()).toHaveLength(2);
    child.kill('SIGKILL');
    await finished;
    const isGone = async () =>
      !(await client.listModels().then(
        () => true,
        () => false,
      ));
    await expect.poll(isGone, { timeout: 10_000 }).toBe(true);
    client.close();
  });

  it('teaches with --help: every flag with its variable and default', async () => {
    const { code, stdout } = await runCli(['serve', '--help']);
    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(
      /--listen <host:port>[\s\S]*TRIPTYCH_LISTEN, default\s+127\.0\.0\.1:50051/,
    );
    expect(stdout.toString()).toContain('Examples:');
  });

  it('lists every wrong setting at once', async () => {
    const { code, stderr } = await runCli(['serve', '--listen', 'nowhere', '--threads', '-3']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/--listen: expected HOST:PORT .+, found "nowhere"/);
    expect(stderr).toMatch(/--threads: expected a whole number from 0 to 256, found "-3"/);
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    ['a missing directory', () => Promise.resolve(join(work, 'absent')), /absent: no such folder/],
    [
      'missing weights',
      () => broken((d) => rm(join(d, 'weights.parquet'))),
      /weights\.parquet: no such file/,
    ],
    [
      'truncated weights',
      () => broken((d) => truncate(join(d, 'weights.parquet'), 100_000)),
      /weights\.parquet: not a readable Parquet file/,
    ],
    [
      'weights that are something else',
      () => broken((d) => writeFile(join(d, 'weights.parquet'), 'hello')),
      /weights\.parquet: not a readable Parquet file/,
    ],
    [
      'a missing tensor',
      () => broken((d) => editMetadata(d, (m) => (m.config['encoder_layers'] = 9))),
      /weights\.parquet: tensor encoder\.layers\.\d\.\S+ is missing; expected shape \[128\]/,
    ],
    [
      'a shape that does not fit',
      () => broken((d) => editMetadata(d, (m) => (m.config['encoder_ffn_dim'] = 256))),
      /weights\.parquet: tensor encoder\.layers\.0\.fc1\.weight: expected shape \[256, 128\], found \[512, 128\]/,
    ],
    [
      'an unknown architecture',
      () =>
        broken((d) =>
          editMetadata(d, (m) => Object.assign(m, { architecture: 'GPT2Model', model_type: 'gpt2' })),
        ),
      /models of this kind are not served \(architecture "GPT2Model", model_type "gpt2"\); expected one of whisper-encoder/,
    ],
    [
      'a configuration with holes',
      () => broken((d) => editMetadata(d, (m) => delete m.config['d_model'])),
      /d_model must be a positive integer, found nothing/,
    ],
    [
      'metadata that is not JSON',
      () => broken((d) => writeFile(join(d, 'metadata.json'), '{')),
      /metadata\.json: not valid JSON/,
    ],
  ])('fails for %s with one message and exit code 1, soon', async (_what, make, message) => {
    const { code, stdout, stderr, ms } = await runCli([
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--model',
      await make(),
      '--log-level',
      'silent',
    ]);
    expect(code).toBe(1);
    expect(stdout.toString()).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    // Starting Node and this test's neighbours take their share; the failure itself is within a second.
    expect(ms).toBeLessThan(10_000);
  });
});

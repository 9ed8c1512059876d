import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../safetensors/encode.js';
import { convertFrom, inspectModel, openModel } from '../testing/layouts.js';

const SECRET = 'root:x:0:0:secret';
const shard = encodeSafetensors([{ name: 'encoder.a', shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }]);
const config = { architectures: ['CLIPModel'], model_type: 'clip' };
let work: string;
let model: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-outside-'));
  await writeFile(join(work, 'secret'), SECRET);
  await writeFile(join(work, 'other.safetensors'), shard);
  model = join(work, 'model');
  await convertFrom({ source: await checkpoint({}), target: model, dtype: 'float32', converterVersion: '1' });
});
afterAll(() => rm(work, { recursive: true }));

/** A checkpoint of files by name: contents, or where a link of that name leads. */
async function checkpoint(
  files: Record<string, string | Uint8Array | { readonly link: string }>,
): Promise<string> {
  const directory = await mkdtemp(join(work, 'hf-'));
  const all = { 'config.json': JSON.stringify(config), 'model.safetensors': shard, ...files };
  for (const [name, content] of Object.entries<(typeof files)[string]>(all)) {
    if (typeof content === 'string' || content instanceof Uint8Array)
      await writeFile(join(directory, name), content);
    else await symlink(content.link, join(directory, name));
  }
  return directory;
}

/** A checkpoint whose only weights are shards, of which the index names one. */
async function indexed(name: unknown): Promise<string> {
  const directory = await checkpoint({
    'model.safetensors.index.json': JSON.stringify({ weight_map: { 'encoder.a': name } }),
  });
  await rename(join(directory, 'model.safetensors'), join(directory, 'inside.safetensors'));
  await symlink('../other.safetensors', join(directory, 'linked.safetensors'));
  await symlink('..', join(directory, 'folder'));
  return directory;
}

async function modelNaming(parquetFile: unknown): Promise<string> {
  const directory = await mkdtemp(join(work, 'model-'));
  await cp(model, directory, { recursive: true });
  await symlink(join(model, 'weights.parquet'), join(directory, 'linked.parquet'));
  const path = join(directory, 'metadata.json');
  const metadata = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...metadata, parquet_file: parquetFile }));
  return directory;
}

const converted = (source: string) =>
  convertFrom({ source, target: join(work, 'never'), dtype: 'float32', converterVersion: '1' });
const ways = (name: string) => [`../${name}`, `folder/${name}`, `./deep/../../${name}`];

describe('a model directory', () => {
  it.each(['../model/weights.parquet', 'linked.parquet', '/etc/hostname', '..'])(
    'serves no weights of %s',
    async (name) => {
      const directory = await modelNaming(name);
      await expect(openModel(directory)).rejects.toMatchObject({ reason: 'FILE_OUTSIDE' });
      await expect(inspectModel(directory)).rejects.toMatchObject({ reason: 'FILE_OUTSIDE' });
    },
  );

  it('says that its weights have no name, where that is none', async () => {
    await expect(openModel(await modelNaming(7))).rejects.toMatchObject({
      reason: 'MODEL_CONFIG',
      message: expect.stringContaining('parquet_file') as string,
    });
  });

  it('may keep them in a folder of its own', async () => {
    const directory = await modelNaming('deep/weights.parquet');
    await mkdir(join(directory, 'deep'));
    await rename(join(directory, 'weights.parquet'), join(directory, 'deep/weights.parquet'));
    expect((await (await openModel(directory)).load()).weights.tensors.size).toBe(1);
  });

  it.each(['metadata.json', 'preprocessor_config.json', 'tokenizer.json', 'vocab.json'])(
    'takes no %s that is a link to elsewhere',
    async (name) => {
      const directory = await modelNaming(undefined);
      await rm(join(directory, name), { force: true });
      await symlink('../secret', join(directory, name));
      await expect(openModel(directory)).rejects.toMatchObject({ reason: 'FILE_OUTSIDE' });
      await expect(inspectModel(directory)).rejects.toMatchObject({ reason: 'FILE_OUTSIDE' });
    },
  );
});

describe('a checkpoint', () => {
  it('is converted by an index that names its own files', async () => {
    const target = join(work, 'from-index');
    const source = await indexed('inside.safetensors');
    expect(await convertFrom({ source, target, dtype: 'float32', converterVersion: '1' })).toMatchObject({
      tensors: 1,
    });
  });

  it.each([...ways('other.safetensors'), 'linked.safetensors', ...ways('secret'), '/etc/hostname'])(
    'whose index names %s is not converted, and shows nothing of that',
    async (name) => {
      const failure = converted(await indexed(name));
      await expect(failure).rejects.toMatchObject({ reason: 'FILE_OUTSIDE' });
      await expect(inspectModel(await indexed(name))).rejects.toMatchObject({ reason: 'FILE_OUTSIDE' });
    },
  );

  it.each([7, null, {}])('whose index names %j says so', async (name) => {
    await expect(converted(await indexed(name))).rejects.toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
  });

  it.each(['config.json', 'preprocessor_config.json', 'tokenizer.json', 'merges.txt', 'model.safetensors'])(
    'whose %s is a link to elsewhere is not converted, and nothing of that is copied or shown',
    async (name) => {
      const source = await checkpoint({ [name]: { link: '../secret' } });
      await expect(converted(source)).rejects.toMatchObject({ reason: 'FILE_OUTSIDE' });
    },
  );

  it('of a cache of a hub, links and all, is converted', async () => {
    const cache = join(work, 'models--open--tiny');
    await mkdir(join(cache, 'blobs'), { recursive: true });
    await mkdir(join(cache, 'snapshots/0123'), { recursive: true });
    for (const [name, content] of [
      ['config.json', JSON.stringify(config)],
      ['model.safetensors', shard],
    ] as const) {
      await writeFile(join(cache, 'blobs', `${name}-hash`), content);
      await symlink(`../../blobs/${name}-hash`, join(cache, 'snapshots/0123', name));
    }
    const source = join(cache, 'snapshots/0123');
    const target = join(work, 'from-cache');
    expect(await convertFrom({ source, target, dtype: 'float32', converterVersion: '1' })).toMatchObject({
      tensors: 1,
    });
  });

  /** What the length of a header would be, where the first bytes of a text are taken for it. */
  const number = Buffer.from(SECRET).readBigUInt64LE();

  it.each([SECRET, Buffer.concat([Buffer.of(0xff, 0, 0, 0, 0, 0, 0, 0), Buffer.from(SECRET)])])(
    'whose weights are something else fails, and tells nothing of them',
    async (content) => {
      const failure: unknown = await converted(await checkpoint({ 'model.safetensors': content })).catch(
        (e: unknown) => e,
      );
      expect(failure).toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
      const { message } = failure as Error;
      expect(message).not.toContain(String(number));
      expect(message).not.toContain(String(Number(number)));
      expect(message).not.toMatch(/255|263|root/);
    },
  );

  it.each(['config.json', 'preprocessor_config.json'])(
    'whose %s is no JSON fails, and quotes nothing of it',
    async (name) => {
      const failure: unknown = await converted(await checkpoint({ [name]: SECRET })).catch((e: unknown) => e);
      expect(failure).toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
      expect((failure as Error).message).toMatch(/not valid JSON/);
      expect((failure as Error).message).not.toContain('root');
    },
  );

  it.each([
    [
      'ends',
      { dtype: 'F32', shape: [2, 2], data_offsets: [0, 2 ** 40] },
      /truncated within tensor encoder.a/,
    ],
    [
      'ends before it begins',
      { dtype: 'F32', shape: [2, 2], data_offsets: [16, 0] },
      /ends before it begins/,
    ],
    ['lies nowhere', { dtype: 'F32', shape: [2, 2], data_offsets: [-1, Infinity] }, /expected its dtype/],
    ['is null', null, /expected its dtype/],
  ])('with a tensor that %s is refused before memory is taken', async (_, entry, message) => {
    const header = Buffer.from(JSON.stringify({ 'encoder.a': entry }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const content = Buffer.concat([length, header, Buffer.alloc(16)]);
    const failure = converted(await checkpoint({ 'model.safetensors': content }));
    await expect(failure).rejects.toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
    await expect(failure).rejects.toThrow(message);
  });
});

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readReference } from './reference.js';

let work: string;
let directory: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-reference-'));
  directory = join(work, 'model');
  await mkdir(join(directory, 'deep'), { recursive: true });
  await writeFile(join(work, 'secret'), '');
  await writeFile(join(directory, 'deep/inside'), '');
  await symlink('../secret', join(directory, 'link'));
  await symlink('..', join(directory, 'folder'));
});
afterAll(() => rm(work, { recursive: true }));

const vector = Buffer.alloc(8).toString('base64');
async function referenceTo(item: object): Promise<string> {
  const path = join(directory, 'reference.json');
  await writeFile(path, JSON.stringify({ made_by: 'a test', versions: {}, items: [{ ...item, vector }] }));
  return path;
}

describe('a reference', () => {
  it('names inputs below its folder, and texts that may look like anything', async () => {
    const { items } = await readReference(await referenceTo({ image: 'deep/inside' }));
    expect(items[0]).toMatchObject({ name: 'deep/inside', input: join(directory, 'deep/inside') });
    const text = '../secret';
    expect((await readReference(await referenceTo({ text }))).items[0]).toMatchObject({ input: text });
  });

  it.each(['../secret', '/etc/hostname', 'link', 'folder/secret', '/dev/zero', 'deep/../../secret'])(
    'names no input at %s',
    async (name) => {
      for (const item of [{ image: name }, { audio: name }])
        await expect(readReference(await referenceTo(item))).rejects.toMatchObject({
          reason: 'FILE_OUTSIDE',
        });
    },
  );

  it('that is no JSON is not quoted', async () => {
    const path = join(directory, 'broken.json');
    await writeFile(path, 'root:x:0');
    await expect(readReference(path)).rejects.toThrow(/broken.json: not a reference file \(not valid JSON/);
    await expect(readReference(path)).rejects.not.toThrow(/root/);
  });
});

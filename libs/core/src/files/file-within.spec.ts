import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileWithin } from './file-within.js';
import { parseJson } from './parse-json.js';

let work: string;
let directory: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-within-'));
  directory = join(work, 'model');
  await mkdir(join(directory, 'deep'), { recursive: true });
  await writeFile(join(work, 'secret'), 'secret');
  await writeFile(join(directory, 'file'), '');
  await writeFile(join(directory, 'deep/file'), '');
  await symlink('../secret', join(directory, 'relative-link'));
  await symlink(join(work, 'secret'), join(directory, 'absolute-link'));
  await symlink('..', join(directory, 'folder-link'));
  await symlink('relative-link', join(directory, 'link-to-link'));
  await symlink('/dev/zero', join(directory, 'device-link'));
  await symlink('../absent', join(directory, 'dangling'));
  await symlink('deep/file', join(directory, 'inside-link'));
  await symlink(directory, join(work, 'linked-model'));
  execFileSync('mkfifo', [join(directory, 'pipe')]);
});
afterAll(() => rm(work, { recursive: true }));

describe('a file within a directory', () => {
  it.each(['file', 'deep/file', './file', 'inside-link', 'absent', 'deep/absent', '..file'])(
    'is %s',
    async (name) => {
      expect(await fileWithin(directory, name)).toBe(join(directory, name));
    },
  );

  it('is one of a directory that is named by a link', async () => {
    const linked = join(work, 'linked-model');
    expect(await fileWithin(linked, 'file')).toBe(join(linked, 'file'));
  });

  it.each([
    '../secret',
    'deep/../../secret',
    'deep/../file',
    '..',
    '.',
    '',
    'deep/',
    '/etc/passwd',
    'C:\\secret',
    'c:secret',
    '..\\secret',
    '\\\\host\\share',
    'file\0',
    'relative-link',
    'absolute-link',
    'folder-link/secret',
    'link-to-link',
    'device-link',
  ])('is not %j', async (name) => {
    await expect(fileWithin(directory, name)).rejects.toMatchObject({ reason: 'FILE_OUTSIDE' });
  });

  it('does not exist where its link leads to nothing', async () => {
    expect(await fileWithin(directory, 'dangling')).toBe(join(directory, 'dangling'));
  });

  it.each(['pipe', 'deep'])('is a regular file, which %s is not', async (name) => {
    await expect(fileWithin(directory, name)).rejects.toMatchObject({ reason: 'FILE_UNREADABLE' });
  });

  it('may be a blob of the same model in the cache of a hub, and no other', async () => {
    const model = join(work, 'models--open--tiny');
    const snapshot = join(model, 'snapshots/0123');
    await mkdir(join(snapshot, 'deep'), { recursive: true });
    await mkdir(join(model, 'blobs'));
    await writeFile(join(model, 'blobs/abc'), '');
    await symlink('../../blobs/abc', join(snapshot, 'config.json'));
    await symlink('../../../blobs/abc', join(snapshot, 'deep/config.json'));
    await symlink('../../../secret', join(snapshot, 'other'));
    expect(await fileWithin(snapshot, 'config.json')).toBe(join(snapshot, 'config.json'));
    expect(await fileWithin(snapshot, 'deep/config.json')).toBe(join(snapshot, 'deep/config.json'));
    expect(await fileWithin(join(snapshot, 'deep'), 'config.json')).toBeTruthy();
    await expect(fileWithin(snapshot, 'other')).rejects.toMatchObject({ reason: 'FILE_OUTSIDE' });
    // Who packs such a tree may make a link of its blobs.
    await rm(join(model, 'blobs'), { recursive: true });
    await symlink(work, join(model, 'blobs'));
    await rm(join(snapshot, 'config.json'));
    await symlink('../../blobs/secret', join(snapshot, 'config.json'));
    await expect(fileWithin(snapshot, 'config.json')).rejects.toMatchObject({ reason: 'FILE_OUTSIDE' });
  });
});

describe('JSON that is not valid', () => {
  it('is not quoted', () => {
    for (const text of ['root:x:0:0', '{"a": root:x}', '{', 'null x'])
      expect(() => parseJson(text)).toThrow(/^not valid JSON(, from position \d+ on)?$/);
    expect(parseJson('{"a": 1}')).toEqual({ a: 1 });
  });
});

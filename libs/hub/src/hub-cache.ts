import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { renameFlushed } from '@triptych/core';
import type { HubFile } from './download.js';
import type { HubModel } from './hub-settings.js';

const COMMIT = /^[0-9a-f]{40}$/;

/**
 * One model's part of the cache, in the layout that HuggingFace's own tools share: `blobs` by hash, `snapshots` of
 * commits that link to them, `refs` from branches and tags to commits.
 */
export class HubCache {
  readonly #folder: string;

  constructor(
    root: string,
    private readonly model: HubModel,
  ) {
    this.#folder = join(root, `models--${model.name.replace('/', '--')}`);
  }

  blob(hash: string): string {
    return join(this.#folder, 'blobs', hash);
  }

  snapshot(commit: string): string {
    return join(this.#folder, 'snapshots', commit);
  }

  /** The commit that the revision stood for when it was last pulled. */
  async commit(): Promise<string | undefined> {
    const { revision } = this.model;
    if (COMMIT.test(revision)) return existsSync(this.snapshot(revision)) ? revision : undefined;
    const text = await readFile(this.#ref(), 'utf8').catch(() => '');
    return COMMIT.test(text.trim()) ? text.trim() : undefined;
  }

  async setCommit(commit: string): Promise<void> {
    if (COMMIT.test(this.model.revision)) return;
    const path = this.#ref();
    await mkdir(dirname(path), { recursive: true });
    const partial = `${path}.${process.pid}`;
    await writeFile(partial, commit);
    await renameFlushed(partial, path);
  }

  /** Makes a blob a file of a snapshot. */
  async link(commit: string, file: string, hash: string): Promise<void> {
    const path = join(this.snapshot(commit), file);
    if (existsSync(path)) return;
    await mkdir(dirname(path), { recursive: true });
    // A link to what is gone.
    await rm(path, { force: true });
    await symlink(relative(dirname(path), this.blob(hash)), path).catch((thrown: NodeJS.ErrnoException) => {
      // Another process was faster.
      if (thrown.code !== 'EEXIST') throw thrown;
    });
  }

  /** Whether a file's blob is as it was when its hash was found right: to read gigabytes at each start would take long. */
  async isChecked(file: HubFile): Promise<boolean> {
    const mark = await readFile(this.#checked(file), 'utf8').catch(() => undefined);
    return mark !== undefined && mark === (await this.#stateOf(file));
  }

  /** Notes that a file's blob has its size and hash. */
  async markChecked(file: HubFile): Promise<void> {
    const path = this.#checked(file);
    // A cache that cannot be written is checked each time.
    const made = mkdir(dirname(path), { recursive: true }).then(async () =>
      writeFile(path, (await this.#stateOf(file)) ?? ''),
    );
    await made.catch(() => undefined);
  }

  /** Notes that a commit has no such file, as HuggingFace's tools do: one that is not there may not have been asked for. */
  async markAbsent(commit: string, file: string): Promise<void> {
    const path = this.#absent(commit, file);
    if (existsSync(path)) return;
    // A cache that cannot be written may hold all that is needed.
    const made = mkdir(dirname(path), { recursive: true }).then(() => writeFile(path, ''));
    await made.catch(() => undefined);
  }

  /** Whether a commit's file is there, or known not to exist. */
  knows(commit: string, file: string): boolean {
    return existsSync(join(this.snapshot(commit), file)) || existsSync(this.#absent(commit, file));
  }

  #checked({ hash }: HubFile): string {
    return join(this.#folder, '.checked', hash);
  }

  /** Undefined where its blob is not there, or of another size. */
  async #stateOf({ hash, size }: HubFile): Promise<string | undefined> {
    const blob = await stat(this.blob(hash)).catch(() => undefined);
    return blob?.size === size ? `${size} ${blob.mtimeMs}` : undefined;
  }

  #absent(commit: string, file: string): string {
    return join(this.#folder, '.no_exist', commit, file);
  }

  #ref(): string {
    return join(this.#folder, 'refs', this.model.revision);
  }
}

import { TriptychError } from '@triptych/core';
import type { ServedModel } from './served-model.js';

/** What works with a model: a call, which ends with its work, or a stream, which lasts as long as its client wants. */
export type UserKind = 'call' | 'stream';

interface Loaded {
  readonly users: Record<UserKind, number>;
  readonly bytes: number;
  /** Gives its memory back. */
  readonly release: () => void;
  /** Called once nobody works with it any more; no call finds it any longer then. */
  unused?: () => void;
  isLeaving: boolean;
}

/** The models in memory, and how many calls and streams work with each. */
export class LoadedModels {
  readonly #loaded = new Map<ServedModel, Loaded>();

  /** Called when nobody works with a model any more: it may go now. */
  constructor(private readonly freed: () => void) {}

  get all(): ServedModel[] {
    return [...this.#loaded.keys()];
  }

  /** Bytes of models that no call finds any more, and that no stream keeps: they will be free in moments. */
  get leavingBytes(): number {
    let sum = 0;
    for (const { isLeaving, users, bytes } of this.#loaded.values())
      if (isLeaving && users.stream === 0) sum += bytes;
    return sum;
  }

  /** `release` is called when the model has ended. */
  add(model: ServedModel, bytes: number, release: () => void): void {
    this.#loaded.set(model, { users: { call: 0, stream: 0 }, bytes, release, isLeaving: false });
  }

  usersOf(model: ServedModel): Readonly<Record<UserKind, number>> {
    return this.#of(model).users;
  }

  bytesOf(model: ServedModel): number {
    return this.#of(model).bytes;
  }

  /** Counts a call or stream in that works with a model; what is returned counts it out, once. */
  use(model: ServedModel, kind: UserKind): () => void {
    const loaded = this.#of(model);
    loaded.users[kind]++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      loaded.users[kind]--;
      if (loaded.users.call + loaded.users.stream > 0) return;
      loaded.unused?.();
      this.freed();
    };
  }

  /** Ends a model that no call finds any more, once the last one that works with it has left. Resolves when it has ended. */
  async retire(model: ServedModel): Promise<void> {
    const loaded = this.#of(model);
    loaded.isLeaving = true;
    const { call, stream } = loaded.users;
    if (call + stream > 0) await new Promise<void>((resolve) => (loaded.unused = resolve));
    try {
      await model.close();
    } finally {
      // Not before: whoever ends all models waits for this one, too.
      this.#loaded.delete(model);
      loaded.release();
    }
  }

  /** Ends all models, whoever works with them. */
  async close(): Promise<void> {
    await Promise.all(this.all.map((model) => model.close()));
  }

  #of(model: ServedModel): Loaded {
    const loaded = this.#loaded.get(model);
    if (!loaded) throw new TriptychError('INTERNAL', `${model.name} is used after it has ended`);
    return loaded;
  }
}

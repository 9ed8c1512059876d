import { TriptychError, type WeightSet } from '@triptych/core';
import type {
  ModelIdentity,
  ReadOptions,
  StoredModel,
  TensorsRead,
  WeightsReader,
} from '@triptych/weight-loader';

/** A file of weights, which a model's encoders read in parts, or its decoder: for their first worker, and for each restarted one. */
export class WeightSource {
  readonly #parts = new Map<string, TensorsRead>();
  #identity: ModelIdentity | undefined;

  constructor(
    private readonly directory: StoredModel,
    private readonly reader: WeightsReader,
  ) {}

  /**
   * Reads the tensors whose name `only` finds; none: all. No copy is kept: what is read again must still be the weights
   * that were announced. `checked` rejects with WEIGHTS_CORRUPT where they are not.
   */
  async read(only?: RegExp, options?: Omit<ReadOptions, 'reader'>): Promise<WeightSet> {
    const { weights, read } = await this.directory.loadStored(only, { ...options, reader: this.reader });
    const checked = read.then((found) => this.#note(only?.source ?? '', found));
    return { ...weights, checked };
  }

  #note(key: string, { tensors, digests }: TensorsRead): void {
    const before = this.#parts.get(key);
    if (before && [...before.digests].some(([name, digest]) => digests.get(name) !== digest)) {
      throw new TriptychError(
        'WEIGHTS_CORRUPT',
        `${this.directory.directory} has changed since it was loaded; load it anew`,
      );
    }
    if (!before) this.#parts.set(key, { tensors, digests });
  }

  /** What the model is, once all its parts were read. Rejects with WEIGHTS_CORRUPT. */
  async identify(): Promise<ModelIdentity> {
    return (this.#identity ??= await this.directory.identify([...this.#parts.values()]));
  }

  /** The same, once it has been asked for. */
  get identity(): ModelIdentity {
    if (this.#identity) return this.#identity;
    throw new TriptychError('INTERNAL', `${this.directory.directory} is not identified yet`);
  }
}

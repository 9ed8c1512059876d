import { abortError, type Logger } from '@triptych/core';
import { selfCheck } from '../self-check/self-check.js';
import type { LoadOptions } from './load-context.js';
import { loadModel, type ModelSource, openModelNamed } from './load-model.js';
import { cardOfOpen, type ModelCard } from './model-card.js';
import { estimateBytes } from './model-memory.js';
import type { ServedModel } from './served-model.js';

/** How an engine comes by models. */
export interface LoaderOptions extends LoadOptions {
  readonly logger: Logger;
  /** Pixels of an image at most. */
  readonly maxPixels: number;
  /** Hold each model to its directory's `reference.json` before it serves. */
  readonly isChecked: boolean;
}

/** What a model directory says of itself. */
export interface DescribedModel {
  readonly source: ModelSource & { readonly name: string };
  readonly card: ModelCard;
  /** Estimate of what it takes in memory. */
  readonly memoryBytes: number;
}

/** Loads models for an engine, and ends what they share. */
export class ModelLoader {
  readonly #loads = new Set<Promise<ServedModel>>();

  constructor(private readonly options: LoaderOptions) {}

  /** Reads what a model directory says of itself, without its weights. Throws bad-weights errors that name file and key. */
  async describe(source: ModelSource): Promise<DescribedModel> {
    const open = await openModelNamed(source.directory, this.options.families);
    return {
      source: { ...source, name: source.name ?? open.directory.metadata.model_name },
      card: cardOfOpen(open),
      memoryBytes: await estimateBytes(open),
    };
  }

  /**
   * Throws bad-weights errors that name file and tensor, SELF_CHECK_FAILED, or what `signal` aborts with; nothing of the model then
   * remains.
   */
  async load(source: ModelSource, signal: AbortSignal): Promise<ServedModel> {
    const loading = this.#load(source, signal);
    this.#loads.add(loading);
    try {
      return await loading;
    } finally {
      this.#loads.delete(loading);
    }
  }

  async #load(source: ModelSource, signal: AbortSignal): Promise<ServedModel> {
    const model = await loadModel(source, this.options, signal);
    try {
      if (this.options.isChecked) await selfCheck(model, this.options.maxPixels, { ...this.options, signal });
      if (signal.aborted) throw abortError(signal);
      return model;
    } catch (thrown) {
      await model.close();
      throw thrown;
    }
  }

  /** Models that are still loading may yet start workers that they share: those end with the others. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#loads);
    await this.options.workers.close();
  }
}

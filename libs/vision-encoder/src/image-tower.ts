import type { Encoder, Pooling, Tower, TowerItem } from '@triptych/inference-core';
import type { ImageRecipe } from '@triptych/preprocessing';

/** One image: RGB bytes of the tower's input size, row by row. The buffer may change threads. */
export interface ImageItem extends TowerItem {
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** A tower that takes images. */
export interface ImageTower extends Tower<ImageItem> {
  /** How an image becomes its input. */
  readonly recipe: ImageRecipe;
  /** Pixels of one side of a patch. */
  readonly patchSize: number;
  /** Names the space of such vectors within the model; undefined: they lie in the model's own. */
  readonly ownSpace: (pooling: Pooling) => string | undefined;
}

/** An image tower that is being served. */
export type ImageEncoder = Encoder<ImageItem>;

import { decoderGraph, sourceGraph } from '@triptych/inference-core';
import type { AudioTower } from '@triptych/audio-encoder';
import type { TextTower } from '@triptych/text-encoder';
import type { ImageTower } from '@triptych/vision-encoder';
import type { FamilyModel } from './model-family.js';

export type Modality = 'audio' | 'image' | 'text';

/** A tower and what it takes. */
export type ModalTower =
  | { readonly modality: 'audio'; readonly tower: AudioTower }
  | { readonly modality: 'image'; readonly tower: ImageTower }
  | { readonly modality: 'text'; readonly tower: TextTower };

/** A model's towers, always in the same order. */
export function towersOf({ audio, image, text }: FamilyModel): ModalTower[] {
  return [
    ...(audio ? [{ modality: 'audio', tower: audio } as const] : []),
    ...(image ? [{ modality: 'image', tower: image } as const] : []),
    ...(text ? [{ modality: 'text', tower: text } as const] : []),
  ];
}

/** Every tensor that a model's graphs take, with its shape, by canonical name. */
export function graphTensors(model: FamilyModel): Map<string, readonly number[]> {
  const graphs = [...towersOf(model).map(({ tower }) => tower), ...(model.match ? [model.match] : [])];
  const decoders = model.caption
    ? [decoderGraph(model.caption.network), sourceGraph(model.caption.network)]
    : [];
  return new Map([...graphs.map(({ graph }) => graph()), ...decoders].flatMap(({ weights }) => [...weights]));
}

/** Every tensor that what writes what is said takes; undefined where nothing does. */
export function speechTensors({ speech }: FamilyModel): Map<string, readonly number[]> | undefined {
  if (!speech) return undefined;
  const graphs = [decoderGraph(speech.network), sourceGraph(speech.network)];
  return new Map(graphs.flatMap(({ weights }) => [...weights]));
}

/** Every tensor that a model's vectors take: those, and what its scores take. */
export function requiredTensors(model: FamilyModel): Map<string, readonly number[]> {
  return new Map([...graphTensors(model), ...(model.scoring?.tensors ?? [])]);
}

import { TriptychError } from '@triptych/core';
import type { Engine, ModelStatus } from '@triptych/engine';
import type { Modality } from '@triptych/model-families';
import { describeTower, type TowerDescription } from './describe-tower.js';

/** One tower of a served model, as the protocol has it: a model by itself (docs/decisions/open-inference.md). */
export interface OipModel extends TowerDescription {
  /** `NAME-audio`, `NAME-image` or `NAME-text`. */
  readonly name: string;
  readonly version: string;
  readonly modality: Modality;
  /** The served model, whose name is NAME or NAME@VERSION. */
  readonly served: ModelStatus;
}

/** What runs models, for the field of that name. */
export const PLATFORM = 'triptych';

/** Of a model that is served without one: the protocol's clients expect a number. */
const ONLY_VERSION = '1';

const modalities = ['audio', 'image', 'text'] as const;

/** All that are known, loaded or not, in the order of their models. */
export function oipModels(engine: Engine): OipModel[] {
  return engine.models.known.flatMap((served) =>
    modalities.flatMap((modality) => (served.card[modality] ? [oipModel(engine, served, modality)] : [])),
  );
}

/** Versions that are known of a model, in the order in which they were named. */
export function versionsOf(engine: Engine, name: string): string[] {
  return oipModels(engine).flatMap((model) => (model.name === name ? [model.version] : []));
}

/**
 * The model of a name, which may be an alias of ours with the modality, and of a version; an empty one is the one that NAME alone stands
 * for. Throws MODEL_NOT_FOUND, also where it is unloaded.
 */
export function findOipModel(engine: Engine, name: string, version = ''): OipModel {
  const model = offeredOipModel(engine, name, version);
  if (!model) throw notFound(engine, name, version);
  return model;
}

/** The name of the served model that a name is one of: its own, or of a tower of it. Undefined where none is known. */
export function servedNameOf({ models }: Engine, name: string): string | undefined {
  const own = models.find(name);
  if (own) return own.name;
  const [, base = '', modality] = NAME.exec(name) ?? [];
  const ofTower = models.find(decoded(base));
  return ofTower?.card[modality as Modality] ? ofTower.name : undefined;
}

/** A name that stands in a URL as it is, whatever the model's own has in it. */
export function oipName(model: string, modality: Modality): string {
  return `${encodeURIComponent(baseOf(model))}-${modality}`;
}

/** Whether a model can answer: one that is not in memory is loaded by the call. */
export function isReady({ served: { state, served }, modality }: OipModel): boolean {
  if (state === 'ready') return served?.[modality]?.encoder.worker.ready ?? false;
  return state === 'standby';
}

/** The same by name and version: false where there is none. */
export function modelIsReady(engine: Engine, name: string, version: string): boolean {
  const model = offeredOipModel(engine, name, version);
  return model !== undefined && isReady(model);
}

const NAME = /^(.+)-(audio|image|text)$/s;

/** The same; undefined where no such model is offered. */
export function offeredOipModel(engine: Engine, name: string, version: string): OipModel | undefined {
  const [, base = '', modality] = NAME.exec(name) ?? [];
  const served = modality === undefined ? undefined : lookUp(engine, decoded(base), version);
  if (!served?.card[modality as Modality] || !isOffered(served)) return undefined;
  return oipModel(engine, served, modality as Modality);
}

function oipModel(engine: Engine, served: ModelStatus, modality: Modality): OipModel {
  const tower = describeTower(served.card, modality, engine.limits);
  return {
    ...tower,
    name: oipName(served.name, modality),
    version: served.version || ONLY_VERSION,
    modality,
    served,
    parameters: { model: served.name, ...tower.parameters },
  };
}

function lookUp({ models }: Engine, base: string, version: string): ModelStatus | undefined {
  if (version === '') return models.find(base);
  const ofVersion = models.find(`${base}@${version}`);
  if (ofVersion) return ofVersion;
  const only = models.find(base);
  // An alias of a version has that version, and no other.
  return only && (only.version || ONLY_VERSION) === version ? only : undefined;
}

function isOffered({ state }: ModelStatus): boolean {
  return state !== 'unloaded' && state !== 'unloading';
}

function baseOf(model: string): string {
  return model.slice(0, model.indexOf('@') < 0 ? undefined : model.lastIndexOf('@'));
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

const MOST_NAMED = 16;

function notFound(engine: Engine, name: string, version: string): TriptychError {
  const offered = oipModels(engine).filter(({ served }) => isOffered(served));
  const versions = offered.flatMap((model) => (model.name === name ? [model.version] : []));
  const names = [...new Set(offered.map((model) => model.name))];
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const list = names.slice(0, MOST_NAMED).join(', ') || 'none';
  const wanted =
    JSON.stringify(name.slice(0, 256)) + (version === '' ? '' : ` version ${version.slice(0, 64)}`);
  const served = versions.length > 0 ? `it has version ${versions.join(', ')}` : `served are ${list}${more}`;
  return new TriptychError('MODEL_NOT_FOUND', `no model ${wanted}; ${served}`, {
    field: 'model_name',
    resource: { type: 'model', name },
  });
}

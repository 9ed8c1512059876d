import { encodersByModality, type ModelRegistry, type ModelState, type ModelStatus } from '@triptych/engine';
import type { Modality } from '@triptych/model-families';
import { HealthService } from './health-service.js';

/** Modalities that a service needs; none: it answers while the server does. */
const needs: Readonly<Record<string, readonly (Modality | 'caption' | 'speech')[]>> = {
  'triptych.v1.AudioEncoder': ['audio'],
  'triptych.v1.ImageEncoder': ['image'],
  'triptych.v1.TextEncoder': ['text'],
  'triptych.v1.CrossModal': ['image', 'text'],
  'triptych.v1.Captioner': ['caption'],
  'triptych.v1.Transcriber': ['speech'],
  'triptych.v1.Models': [],
};

/** `grpc.health.v1.Health`, and the same over HTTP. */
export interface Health {
  readonly service: HealthService;
  /** True while every model can answer. */
  readonly serving: boolean;
  /** Called when `serving` may have changed. */
  onChange(listener: () => void): void;
  /** From now on nothing is serving; watches are told, and end. */
  drain(): void;
}

/**
 * Health that follows the models. A model, by its names, is SERVING while its inference workers can answer, or the next call loads it; a
 * service while that is so of all that calls of its modalities find, and there is one; the server as a whole while it is so of all models.
 */
export function followHealth(models: ModelRegistry, services: readonly string[]): Health {
  const service = new HealthService(['', ...services]);
  const own: ReadonlySet<string> = new Set(['', ...services]);
  const listeners: (() => void)[] = [];
  let names: ReadonlySet<string> = new Set();
  let isDraining = false;
  const tell = (name: string, serves: boolean) =>
    service.set(name, serves && !isDraining ? 'SERVING' : 'NOT_SERVING');
  const areReady = (modality?: Modality | 'caption' | 'speech') => {
    const found = models.known.filter(
      ({ state, card }) => IS_SERVED.has(state) && (modality === undefined || card[modality]),
    );
    return found.length > 0 && found.every((model) => isReady(model, modality));
  };
  const isServing = () => !isDraining && areReady();
  const update = () => {
    tell('', isServing());
    for (const name of services) tell(name, (needs[name] ?? []).every(areReady));
    const before = names;
    names = tellModels(models, (name, serves) => {
      if (!own.has(name)) tell(name, serves);
    });
    for (const name of before) if (!names.has(name) && !own.has(name)) service.remove(name);
    for (const listener of listeners) listener();
  };
  const follow = () => {
    for (const [, { worker }] of models.models.flatMap(encodersByModality)) worker.onReadyChange(update);
    update();
  };
  models.onChange(follow);
  follow();
  return {
    service,
    get serving() {
      return isServing();
    },
    onChange: (listener) => listeners.push(listener),
    drain: () => {
      isDraining = true;
      update();
      service.end();
    },
  };
}

/** States of models that answer calls, at once or once they are loaded. One that is loaded for the first time holds back none of the others. */
const IS_SERVED: ReadonlySet<ModelState> = new Set(['ready', 'standby']);

/** Whether calls of a modality, or of any, are answered. */
function isReady({ state, served }: ModelStatus, modality?: Modality | 'caption' | 'speech'): boolean {
  if (!served) return state === 'standby';
  return encodersByModality(served).every(
    ([name, { worker }]) => (modality !== undefined && name !== modality) || worker.ready,
  );
}

/** Tells of each model by all of its names, which are returned. */
function tellModels(models: ModelRegistry, tell: (name: string, serves: boolean) => void): Set<string> {
  const names = new Set<string>();
  for (const model of models.known) {
    const serves = IS_SERVED.has(model.state) && isReady(model);
    for (const name of [model.name, ...models.aliasesOf(model.name)]) {
      tell(name, serves);
      names.add(name);
    }
  }
  return names;
}

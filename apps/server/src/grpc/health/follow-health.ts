import { encodersByModality, type ModelRegistry } from '@triptych/engine';
import type { Modality } from '@triptych/model-families';
import { HealthService } from './health-service.js';

/** Modalities that a service needs; none: it answers while the server does. */
const needs: Readonly<Record<string, readonly Modality[]>> = {
  'triptych.v1.AudioEncoder': ['audio'],
  'triptych.v1.ImageEncoder': ['image'],
  'triptych.v1.TextEncoder': ['text'],
  'triptych.v1.CrossModal': ['image', 'text'],
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
 * Health that follows the inference workers: a service is SERVING while every encoder of its modalities can answer, and
 * there is one; the server as a whole while all can.
 */
export function followHealth(models: ModelRegistry, services: readonly string[]): Health {
  const service = new HealthService(['', ...services]);
  const listeners: (() => void)[] = [];
  let encoders = models.models.flatMap(encodersByModality);
  let isDraining = false;
  const areReady = (modality?: Modality) => {
    const wanted = encoders.filter(([name]) => modality === undefined || name === modality);
    return wanted.length > 0 && wanted.every(([, { worker }]) => worker.ready);
  };
  const isServing = () => !isDraining && areReady();
  const update = () => {
    const tell = (name: string, serves: boolean) =>
      service.set(name, serves && !isDraining ? 'SERVING' : 'NOT_SERVING');
    tell('', isServing());
    for (const name of services) tell(name, (needs[name] ?? []).every(areReady));
    for (const listener of listeners) listener();
  };
  const follow = () => {
    encoders = models.models.flatMap(encodersByModality);
    for (const [, { worker }] of encoders) worker.onReadyChange(update);
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

import { HealthImplementation } from 'grpc-health-check';
import type { ModelRegistry } from '../models/model-registry.js';
import { encodersByModality, type ModalityName } from '../models/served-model.js';

/** Modalities that a service needs; none: it answers while the server does. */
const needs: Readonly<Record<string, readonly ModalityName[]>> = {
  'triptych.v1.AudioEncoder': ['audio'],
  'triptych.v1.ImageEncoder': ['image'],
  'triptych.v1.TextEncoder': ['text'],
  'triptych.v1.CrossModal': ['image', 'text'],
  'triptych.v1.Models': [],
};

/** Calls of health: answered whatever else is refused. */
export function isProbe(path: string): boolean {
  return path.startsWith('/grpc.health.v1.Health/');
}

/** `grpc.health.v1.Health`, and the same over HTTP. */
export interface Health {
  readonly implementation: HealthImplementation;
  /** True while every model can answer. */
  readonly serving: boolean;
  /** From now on nothing is serving. */
  drain(): void;
}

/**
 * Health that follows the inference workers: a service is SERVING while every encoder of its modalities can answer, and
 * there is one; the server as a whole while all can.
 */
export function followHealth(models: ModelRegistry, services: readonly string[]): Health {
  const implementation = new HealthImplementation({});
  const encoders = models.models.flatMap(encodersByModality);
  let isDraining = false;
  const areReady = (modality?: ModalityName) => {
    const wanted = encoders.filter(([name]) => modality === undefined || name === modality);
    return wanted.length > 0 && wanted.every(([, { worker }]) => worker.ready);
  };
  const isServing = () => !isDraining && areReady();
  const update = () => {
    const tell = (service: string, serves: boolean) =>
      implementation.setStatus(service, serves && !isDraining ? 'SERVING' : 'NOT_SERVING');
    tell('', isServing());
    for (const service of services) tell(service, (needs[service] ?? []).every(areReady));
  };
  for (const [, { worker }] of encoders) worker.onReadyChange(update);
  update();
  return {
    implementation,
    get serving() {
      return isServing();
    },
    drain: () => {
      isDraining = true;
      update();
    },
  };
}

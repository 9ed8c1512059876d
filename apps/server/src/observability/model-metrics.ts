import { decodersOf, type ModelRegistry, type ModelStatus } from '@triptych/engine';
import { Counter, Gauge, type Registry } from 'prom-client';

const states: readonly ModelStatus['state'][] = [
  'ready',
  'loading',
  'standby',
  'failed',
  'unloading',
  'unloaded',
];

export type FollowedModels = Pick<ModelRegistry, 'known' | 'loaded' | 'models' | 'memory' | 'waitingLoads'>;

type DecoderLoad = ReturnType<typeof decodersOf>[number][1]['load'];

/** Follows how models come and go; read when somebody asks. */
export function followModels(registry: Registry, models: FollowedModels): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: (gauge: Gauge) => void, labelNames: string[] = []) => {
    const made = new Gauge({ name, help, labelNames, registers });
    Object.assign(made, {
      collect: () => {
        made.reset();
        read(made);
      },
    });
  };
  gauge(
    'triptych_model_state',
    '1 for the state that a model is in.',
    (made) => {
      for (const { name: model, state: is } of models.known)
        for (const state of states) made.set({ model, state }, Number(state === is));
    },
    ['model', 'state'],
  );
  gauge(
    'triptych_model_memory_bytes',
    'Memory that a loaded model takes, by an estimate.',
    (made) => {
      for (const { name: model, memoryBytes, served } of models.known)
        made.set({ model }, served ? memoryBytes : 0);
    },
    ['model'],
  );
  gauge(
    'triptych_model_last_use_timestamp_seconds',
    'When a call or stream last worked with a model.',
    (made) => {
      for (const { name: model, lastUsedAt } of models.known)
        if (lastUsedAt !== undefined) made.set({ model }, lastUsedAt / 1000);
    },
    ['model'],
  );
  gauge('triptych_models_memory_bytes', 'Memory that all models take, by an estimate.', (made) =>
    made.set(models.memory.used),
  );
  gauge('triptych_models_memory_limit_bytes', 'What they may take; 0: no bound.', (made) =>
    made.set(models.memory.limit),
  );
  gauge(
    'triptych_models_ending',
    'Models that were unloaded or replaced, and end with the last call under way.',
    (made) => made.set(models.loaded.length - models.models.length),
  );
  gauge(
    'triptych_model_loads_waiting',
    'Loads of models that wait: for memory, or for others to end.',
    (made) => {
      for (const [what, count] of Object.entries(models.waitingLoads)) made.set({ for: what }, count);
    },
    ['for'],
  );
  gauge('triptych_comparisons_waiting', 'Comparisons of vectors that wait for their turn.', (made) => {
    // Models share one.
    const engines = new Set(models.models.flatMap(({ shared }) => shared?.engine ?? []));
    for (const { waiting } of engines) made.inc(waiting);
  });
  const followDecoders = (name: string, help: string, read: (load: DecoderLoad) => number) =>
    gauge(
      name,
      help,
      (made) => {
        for (const model of models.models)
          for (const [kind, { load }] of decodersOf(model))
            made.set({ decoder: `${model.name}/${kind}` }, read(load));
      },
      ['decoder'],
    );
  followDecoders('triptych_decoder_sequences', 'Sequences that are decoded.', ({ sequences }) => sequences);
  followDecoders('triptych_decoder_bytes', 'Bytes of their caches, as they may grow.', ({ bytes }) => bytes);
  followDecoders('triptych_decoder_waiting', 'Texts that wait for room.', ({ waiting }) => waiting);
  const loads = new Counter({
    name: 'triptych_model_loads_total',
    help: 'Loads of a model, by what came of them.',
    labelNames: ['model', 'result'],
    registers,
  });
  Object.assign(loads, {
    collect: () => {
      loads.reset();
      for (const { name: model, loads: loaded, failures } of models.known) {
        loads.inc({ model, result: 'loaded' }, loaded);
        loads.inc({ model, result: 'failed' }, failures);
      }
    },
  });
}

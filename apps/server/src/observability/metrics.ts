import { setTimeout as sleep } from 'node:timers/promises';
import { type AnyEncoder, encodersByModality, type EngineObserver, type ServedModel } from '@triptych/engine';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type FollowedModels, followModels } from './model-metrics.js';
import {
  followGrpcOccupancy,
  followOccupancy,
  type GrpcOccupancy,
  type Occupancy,
} from './occupancy-metrics.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const BATCHES = [1, 2, 4, 8, 16, 32];

/** Why the server ended a call by itself; `silent`: a probe of health that had not said all that it asks. */
export type CallEndings = 'idle' | 'unread' | 'silent';

/** Rendering takes at most this share of the event loop's time, however many ask. */
const RENDER_SHARE = 0.05;

/** What Prometheus sees of a server. Names and units follow its conventions: docs/operations.md lists them. */
export class Metrics implements EngineObserver {
  readonly registry = new Registry();

  readonly #calls = this.#counter('triptych_calls_total', 'Calls that have ended.', ['method', 'code']);
  readonly #callSeconds = this.#histogram(
    'triptych_call_duration_seconds',
    'From a call to its status.',
    SECONDS,
    ['method'],
  );
  readonly #open = this.#gauge('triptych_calls_in_flight', 'Calls that have not ended.', ['method']);
  readonly #bytes = this.#counter('triptych_message_bytes_total', 'Bytes of messages, before compression.', [
    'method',
    'direction',
  ]);
  readonly #dropped = this.#counter(
    'triptych_items_dropped_total',
    'Items that left a queue without a result.',
    ['encoder', 'reason'],
  );
  readonly #batch = this.#histogram('triptych_batch_items', 'Items of a batch.', BATCHES, ['encoder']);
  readonly #wait = this.#histogram(
    'triptych_queue_wait_seconds',
    'What items waited for their batch.',
    SECONDS,
    ['encoder'],
  );
  readonly #run = this.#histogram('triptych_inference_seconds', 'What a batch took.', SECONDS, ['encoder']);
  readonly #preprocess = this.#histogram(
    'triptych_preprocess_seconds',
    'Decoding, resampling, resizing or tokenizing an item.',
    SECONDS,
    ['modality'],
  );
  readonly #lag = this.#histogram(
    'triptych_window_lag_seconds',
    'From the chunk that completes a window to its answer.',
    SECONDS,
    [],
  );
  readonly #audio = this.#counter(
    'triptych_audio_seconds_total',
    'Audio that was encoded, and silence padded to it.',
    ['kind'],
  );
  readonly #refused = this.#counter('triptych_calls_refused_total', 'Calls that were not let in.', [
    'method',
    'reason',
  ]);
  readonly #ended = this.#counter('triptych_calls_ended_total', 'Calls that the server ended by itself.', [
    'reason',
  ]);
  readonly #guesses = this.#counter(
    'triptych_authentication_failures_total',
    'Calls without a token that is known, by how they were answered.',
    ['answer'],
  );
  readonly #load = this.#gauge('triptych_model_load_seconds', 'What loading took.', ['model']);
  readonly #info = this.#gauge('triptych_model_info', 'Always 1; the labels say what is served.', [
    'model',
    'architecture',
    'weight_type',
    'device',
    'precision',
    'fingerprint',
  ]);

  readonly #fileReads = this.#counter('triptych_models_file_reads_total', 'Readings of the file of models.', [
    'result',
  ]);
  readonly #fileApplied = this.#gauge(
    'triptych_models_file_applied',
    '1 where what the file of models says is what is served; absent without such a file.',
    [],
  );

  /** `isRead`: there is a port for them. */
  constructor(isRead = true) {
    // Each sample wakes the event loop, and takes a core from the run under way: 50 a second are enough to see a loop that stalls.
    if (isRead) collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 20 });
  }

  /** All of them as Prometheus reads them. Those who ask meanwhile share it, and it takes a bounded part of the event loop's time. */
  readonly text = sharedRendering(() => this.registry.metrics());

  /** A queue's observer, by the encoder's name. */
  queue(encoder: string): ReturnType<EngineObserver['queue']> {
    return {
      started: (waitsMs) => {
        this.#batch.observe({ encoder }, waitsMs.length);
        for (const waitMs of waitsMs) this.#wait.observe({ encoder }, waitMs / 1000);
      },
      ended: (runMs) => this.#run.observe({ encoder }, runMs / 1000),
      dropped: (reason) => this.#dropped.inc({ encoder, reason }),
    };
  }

  ended(encoder: string): void {
    for (const metric of [this.#batch, this.#wait, this.#run]) metric.remove({ encoder });
    for (const reason of ['cancelled', 'deadline', 'overloaded']) this.#dropped.remove({ encoder, reason });
  }

  /** Counts a call as open; the function that it returns ends it. */
  call(method: string): (code: string) => void {
    const started = performance.now();
    this.#open.inc({ method });
    return (code) => {
      this.#open.dec({ method });
      this.#calls.inc({ method, code });
      this.#callSeconds.observe({ method }, (performance.now() - started) / 1000);
    };
  }

  message(method: string, direction: 'received' | 'sent', bytes: number): void {
    this.#bytes.inc({ method, direction }, bytes);
  }

  preprocessed(modality: string, microseconds: number): void {
    this.#preprocess.observe({ modality }, microseconds / 1e6);
  }

  window(lagMs: number): void {
    this.#lag.observe(lagMs / 1000);
  }

  audio(seconds: number, paddingSeconds: number): void {
    this.#audio.inc({ kind: 'audio' }, seconds);
    this.#audio.inc({ kind: 'padding' }, paddingSeconds);
  }

  /** A call was not let in, or to no place. */
  refused(method: string, reason: string): void {
    this.#refused.inc({ method, reason });
  }

  /** The server ended a call by itself. */
  callEnded(reason: CallEndings): void {
    this.#ended.inc({ reason });
  }

  /** The file of models was read: is what it says what is served? */
  modelsFileRead(isApplied: boolean): void {
    this.#fileReads.inc({ result: isApplied ? 'applied' : 'failed' });
    this.#fileApplied.set(Number(isApplied));
  }

  authenticationFailed(answer: string): void {
    this.#guesses.inc({ answer });
  }

  /** Follows how much of what is bounded is taken. */
  followOccupancy(occupancy: Occupancy): void {
    followOccupancy(this.registry, occupancy);
  }

  /** The same of what belongs to gRPC. */
  followGrpcOccupancy(occupancy: GrpcOccupancy): void {
    followGrpcOccupancy(this.registry, occupancy);
  }

  /** Follows which models are served, and what their encoders are doing; read when somebody asks. */
  follow(registry: FollowedModels): void {
    const followed = (name: string, help: string, read: (encoder: AnyEncoder) => number) => {
      const gauge = this.#gauge(name, help, ['encoder']);
      Object.assign(gauge, {
        collect: () => {
          gauge.reset();
          for (const model of registry.models)
            for (const [modality, encoder] of encodersByModality(model))
              gauge.set({ encoder: `${model.name}/${modality}` }, read(encoder));
        },
      });
    };
    followed('triptych_queue_items', 'Items that wait.', ({ depth }) => depth.items);
    followed('triptych_queue_bytes', 'Bytes of items that wait.', ({ depth }) => depth.bytes);
    followed('triptych_encoder_ready', '1 while its worker can answer.', ({ worker }) =>
      Number(worker.ready),
    );
    followed('triptych_worker_restarts', 'Workers that have died.', ({ restarts }) => restarts);
    const read = (gauge: Gauge<never>, set: (model: ServedModel) => void) =>
      Object.assign(gauge, {
        collect: () => {
          gauge.reset();
          for (const model of registry.models) set(model);
        },
      });
    read(this.#load, ({ name: model, loadMs }) => this.#load.set({ model }, loadMs / 1000));
    read(this.#info, ({ name: model, architecture, weightType, device, precision, fingerprint }) =>
      this.#info.set({ model, architecture, weight_type: weightType, device, precision, fingerprint }, 1),
    );
    followModels(this.registry, registry);
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge<L extends string>(name: string, help: string, labelNames: L[]): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram<L extends string>(name: string, help: string, buckets: number[], labelNames: L[]): Histogram<L> {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }
}

/** Renders for all who ask at a time, and no sooner again than its share of the time allows. */
function sharedRendering(render: () => Promise<string>): () => Promise<string> {
  let mayStart = 0;
  let underWay: Promise<string> | undefined;
  const start = async (): Promise<string> => {
    await sleep(Math.max(0, mayStart - performance.now()));
    const started = performance.now();
    try {
      return await render();
    } finally {
      mayStart = performance.now() + (performance.now() - started) / RENDER_SHARE;
      underWay = undefined;
    }
  };
  return () => (underWay ??= start());
}

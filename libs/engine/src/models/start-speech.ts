import { loudestGraph, type SpeechDecoder } from '@triptych/audio-encoder';
import { cacheBytes, Decoder, InferenceWorker } from '@triptych/inference-core';
import { TriptychError } from '@triptych/core';
import type { StoredModel } from '@triptych/weight-loader';
import { Room } from '../admission/room.js';
import type { Closable, LoadContext } from './load-context.js';
import { DECODER_LIMITS, MOST_BEAMS } from '../items/generated-text.js';
import type { ServedSpeech, SpeechWorkers } from './served-speech.js';
import { WeightSource } from './weight-source.js';

export function servedSpeech(
  speech: SpeechDecoder,
  stored: StoredModel,
  context: Pick<LoadContext, 'name' | 'settings' | 'workers' | 'started' | 'logger'>,
): ServedSpeech {
  let starting: Promise<SpeechWorkers> | undefined;
  let started: SpeechWorkers | undefined;
  const ending = endWith(context);
  return {
    ...speech,
    start: () => {
      if (starting) return starting;
      const now = startSpeech(speech, stored, context, ending);
      starting = now;
      now.then(
        (workers) => (started = workers),
        () => (starting = undefined),
      );
      return now;
    },
    get started() {
      return started;
    },
  };
}

/** Aborts when the model ends, whenever that is: what is starting then need not start. */
function endWith({ name, started }: Parameters<typeof servedSpeech>[2]): AbortSignal {
  const ending = new AbortController();
  const close = () => {
    ending.abort(new TriptychError('DRAINING', `model ${name} is closed`));
    return Promise.resolve();
  };
  started(Promise.resolve({ close })).catch(() => undefined);
  return ending.signal;
}

async function startSpeech(
  speech: SpeechDecoder,
  stored: StoredModel,
  { name, settings, workers, started, logger }: Parameters<typeof servedSpeech>[2],
  signal: AbortSignal,
): Promise<SpeechWorkers> {
  const since = performance.now();
  const { network } = speech;
  const { threads, isolation, queueItems } = settings;
  const source = new WeightSource(stored, settings.weightsReader);
  // One of the most beams fits, however large the model.
  const largest = cacheBytes(network, {
    sourceTokens: speech.config.positions,
    beams: MOST_BEAMS,
    tokens: network.config.positions,
  });
  const decoder = await Decoder.start(network, {
    name: `${name}/speech`,
    weights: () => source.read(),
    threads,
    isolation,
    limits: {
      maxSequences: DECODER_LIMITS.maxSequences,
      maxCacheBytes: Math.max(DECODER_LIMITS.maxCacheBytes, largest),
      maxWaiting: queueItems,
    },
    signal,
    logger,
  });
  const open: Closable[] = [decoder];
  const opened = async <Worker extends Closable>(worker: Promise<Worker>): Promise<Worker> => {
    const one = await worker;
    open.push(one);
    return one;
  };
  let starting: readonly Promise<Closable>[] = [];
  try {
    const { fingerprint } = await source.identify();
    const { mel } = speech.config;
    const both = [
      opened(workers.tokenizer(name, speech.tokenizer(), signal)),
      opened(
        InferenceWorker.start({
          name: `${name}/loudness`,
          threads: 1,
          isolation,
          graph: () => loudestGraph(mel),
          weights: () => Promise.resolve({ tensors: new Map(), parts: [] }),
          signal,
          logger,
        }),
      ),
    ] as const;
    starting = both;
    const [preprocessor, meter] = await Promise.all(both);
    for (const worker of open) await started(Promise.resolve(worker));
    const loadMs = Math.round(performance.now() - since);
    logger.info({ model: name, decoder: fingerprint, loadMs }, 'model transcribes');
    return { decoder, preprocessor, meter, meterTurns: new Room({ capacity: 1 }) };
  } catch (thrown) {
    // What is still starting when another has failed ends, too.
    await Promise.allSettled(starting);
    await Promise.all(open.map((worker) => worker.close()));
    throw thrown;
  }
}

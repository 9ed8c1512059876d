import { setImmediate } from 'node:timers/promises';
import { WorkerHost, workerEntry } from '@triptych/core';
import { bindWeights } from '../session/bind-weights.js';
import { slices } from '../session/inference-worker.js';
import { disableTelemetry } from '../session/no-telemetry.js';
import type { DecoderNetwork } from './config.js';
import type { DecoderOptions } from './decoder-options.js';
import { decoderGraph, sourceGraph } from './graph.js';
import type { CreateDecoder } from './protocol.js';

/** Starts a decoder's worker, which makes its sessions of the weights; so does each that takes its place. Throws bad-weights errors. */
export function startDecoderWorker(network: DecoderNetwork, options: DecoderOptions): Promise<WorkerHost> {
  disableTelemetry();
  const { isolation, threads, reduceRange, logger } = options;
  return WorkerHost.start({
    entry: workerEntry(import.meta.url, './decoder-worker.js'),
    name: `decoder:${options.name}`,
    isolation,
    restart: true,
    isNative: true,
    signal: options.signal,
    ...(logger ? { logger } : {}),
    init: async (call) => {
      const reading = options.weights();
      reading.catch(() => undefined);
      await setImmediate();
      const graphs = [decoderGraph(network), sourceGraph(network)];
      const set = await reading;
      set.checked?.catch(() => undefined);
      const [{ parts, ...step }, { parts: sourceParts, ...source }] = graphs.map((g) => bindWeights(g, set));
      // Scales of the second graph come in a part of their own behind the others.
      const all = [...parts, ...sourceParts.slice(set.parts.length)];
      const shift = parts.length - set.parts.length;
      const moved = source.weights.map((weight) =>
        weight.part < set.parts.length ? weight : { ...weight, part: weight.part + shift },
      );
      const isProcess = isolation === 'process';
      if (isProcess) for (const slice of slices(all)) await call('receive', slice);
      const sent = all.map((part) => (isProcess && typeof part !== 'string' ? undefined : part));
      const { config, prefixes } = network;
      const { heads, width, sourceWidth, vocabulary } = config;
      const { alignment } = network;
      const sizes = { layers: prefixes.length, heads, width, sourceWidth, vocabulary, alignment };
      const request: CreateDecoder = {
        ...sizes,
        step,
        source: { ...source, weights: moved },
        parts: sent,
        threads,
        reduceRange,
      };
      await call('create', request, { transfer: sent.filter((part) => part instanceof ArrayBuffer) });
      await set.checked;
      await set.checkPlace?.();
    },
  });
}

import type { RepositoryIndexResponse } from '@triptych/protocol';
import { isReady, type OipModel } from '../models/oip-model.js';

type ModelIndex = NonNullable<RepositoryIndexResponse['models']>[number];

/** What `RepositoryIndex` says of a model: its state in Triton's words, and ours. */
export function indexMessage(model: OipModel): ModelIndex {
  const { name, version, served } = model;
  const { state, lastFailure } = served;
  const failure = lastFailure && `${lastFailure.reason}: ${lastFailure.message}`;
  const states: Record<typeof state, readonly [string, string]> = {
    ready: isReady(model) ? ['READY', ''] : ['UNAVAILABLE', 'its worker is restarting'],
    standby: ['READY', 'not in memory; the next call loads it'],
    loading: ['LOADING', ''],
    failed: ['UNAVAILABLE', failure ?? 'it could not be loaded'],
    unloading: ['UNLOADING', ''],
    unloaded: ['UNAVAILABLE', 'unloaded'],
  };
  const [shown, reason] = states[state];
  return { name, version, state: shown, reason };
}

export { hubCache, type HubModel, type HubSettings, hubSettings, parseHubModel } from './hub-settings.js';
export { pullCheckpoint, type PulledCheckpoint, type PullProgress } from './pull.js';
export type { FindWanted, WantedFiles } from './wanted-files.js';

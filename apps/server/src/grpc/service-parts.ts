import type { ServerConfig } from '../config/settings.js';
import type { ModelRegistry } from '../models/model-registry.js';
import type { Metrics } from '../observability/metrics.js';

/** What the services are made of. */
export interface ServiceParts {
  readonly models: ModelRegistry;
  readonly metrics: Metrics;
  readonly limits: Pick<
    ServerConfig,
    | 'maxClips'
    | 'maxImages'
    | 'maxPixels'
    | 'maxTexts'
    | 'maxItems'
    | 'maxAnswerBytes'
    | 'streamWindows'
    | 'streamImages'
  >;
}

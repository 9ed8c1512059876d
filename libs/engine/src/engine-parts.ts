import type { EngineLimits } from './settings.js';
import type { ModelLease } from './models/model-lease.js';

/** What a call or stream is served with. */
export interface EngineParts {
  readonly models: ModelLease;
  readonly limits: EngineLimits;
}

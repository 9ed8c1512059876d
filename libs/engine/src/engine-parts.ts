import type { EngineLimits } from './settings.js';
import type { ModelRegistry } from './models/model-registry.js';

/** What serving is made of. */
export interface EngineParts {
  readonly models: ModelRegistry;
  readonly limits: EngineLimits;
}

export { type RunningServer, startServer } from './compose.js';
export { type Flags, readConfig } from './config/read-config.js';
export { type ServerConfig, type Setting, type SettingName, settings } from './config/settings.js';
export { type TokenEntry, tokenHash } from './security/token-file.js';
export { createLogger } from './logger.js';
export { type Comparison, compareVectors, type ItemComparison } from './self-check/compare.js';
export { readReference, type Reference, type ReferenceItem } from './self-check/reference.js';
export { REFERENCE_FILE } from './self-check/self-check.js';

export { type RunningServer, startServer } from './compose.js';
export { looksLikePath, parseModelSource } from './config/paths.js';
export { readConfig } from './config/read-config.js';
export type { ServerConfig } from './config/settings.js';
export { checkFolder, describeModels, type ModelDescription } from './preflight/describe-models.js';
export { preflight, throwReported } from './preflight/preflight.js';
export { METHOD_PATTERN } from './security/method-pattern.js';
export { type TokenEntry, tokenHash } from './security/token-file.js';
export { createLogger } from './logger.js';

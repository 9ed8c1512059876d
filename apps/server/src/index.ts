export { type RunningServer, startServer } from './compose.js';
export { type ConfigFile, readConfigFile } from './config/config-file.js';
export { flagOf, type Origins, otherNames, placeholderOf } from './config/names.js';
export { looksLikePath, parseModelSource } from './config/paths.js';
export { printConfig } from './config/print-config.js';
export {
  type ConfigReading,
  type Flags,
  readConfig,
  throwProblems,
  tryConfig,
} from './config/read-config.js';
export { type ServerConfig, type SettingName, settings } from './config/settings.js';
export type { Setting } from './config/settings/setting.js';
export { checkFolder, describeModels, type ModelDescription } from './preflight/describe-models.js';
export { preflight, type PreflightReport, throwReported } from './preflight/preflight.js';
export { METHOD_PATTERN } from './security/method-pattern.js';
export { type TokenEntry, tokenHash } from './security/token-file.js';
export { unknownVariables } from './config/unknown-variables.js';
export { createLogger } from './logger.js';

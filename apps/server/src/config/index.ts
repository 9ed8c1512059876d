export { type ConfigFile, readConfigFile } from './config-file.js';
export { flagOf, otherNames, placeholderOf } from './names.js';
export { parseModelSource } from './paths.js';
export { printConfig } from './print-config.js';
export { type ConfigReading, type Flags, throwProblems, tryConfig } from './read-config.js';
export { type ServerConfig, type SettingName, settings } from './settings.js';
export type { Setting } from './settings/setting.js';
export { unknownVariables } from './unknown-variables.js';

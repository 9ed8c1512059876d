export { type ConfigFile } from './config-file.js';
export { parseModelSource } from './paths.js';
export { type ConfigReading, type Flags, throwProblems, tryConfig } from './read-config.js';
export { type ServerConfig, type SettingName, settings } from './settings.js';
export type { Setting } from './settings/setting.js';

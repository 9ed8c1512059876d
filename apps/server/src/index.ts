export { type RunningServer, startServer } from './compose.js';
export { type Flags, readConfig } from './config/read-config.js';
export { type ServerConfig, type Setting, type SettingName, settings } from './config/settings.js';
export { createLogger } from './logger.js';

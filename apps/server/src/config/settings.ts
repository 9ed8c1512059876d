import { addressSettings } from './settings/addresses.js';
import { connectionSettings } from './settings/connections.js';
import { inferenceSettings } from './settings/inference.js';
import { modelControlSettings } from './settings/model-control.js';
import { modelSettings } from './settings/models.js';
import { observabilitySettings } from './settings/observability.js';
import { operationSettings } from './settings/operation.js';
import { requestSettings } from './settings/requests.js';
import { securitySettings } from './settings/security.js';
import type { Setting } from './settings/setting.js';
import { workerSettings } from './settings/workers.js';

/**
 * Every setting of the server, by topic, in the order of the help text: flags, environment, configuration file, help and the
 * documentation's table come from here.
 */
export const settings = {
  ...modelSettings,
  ...addressSettings,
  ...securitySettings,
  ...observabilitySettings,
  ...inferenceSettings,
  ...workerSettings,
  ...modelControlSettings,
  ...requestSettings,
  ...connectionSettings,
  ...operationSettings,
};

export type Settings = typeof settings;
export type SettingName = keyof Settings;

/** The server's configuration, complete and checked. */
export type ServerConfig = {
  readonly [K in SettingName]: Settings[K] extends Setting<infer T> ? T : never;
};

import { TriptychError } from '@triptych/core';
import { missingReferences } from '@triptych/engine';
import type { ModelFamily } from '@triptych/model-families';
import { labelOf, type Origins } from '../config/names.js';
import { joinProblems } from '../config/read-config.js';
import type { ServerConfig, SettingName } from '../config/settings.js';
import { readModelsFile } from '../models/models-file.js';
import { checkTlsFiles } from '../security/tls-files.js';
import { readTokens } from '../security/token-file.js';
import { openToAll, sameAddress } from './addresses.js';
import { describeModels, type ModelDescription, nameClashes } from './describe-models.js';
import { listenProblem } from './listen-problem.js';

/** What a check of a configuration goes by, beside it. */
export interface PreflightOptions {
  /** Where settings come from, for messages. Default: flags. */
  readonly origins?: Origins;
  /** Settings that are not looked at: they are known to be wrong. */
  readonly invalid?: ReadonlySet<SettingName>;
  /** Default: those of the configuration, as directories. */
  readonly models?: readonly ModelDescription[];
  /** Those that models may be of. Default: all that Triptych has. */
  readonly families?: readonly ModelFamily[] | undefined;
}

export interface PreflightReport {
  readonly problems: readonly TriptychError[];
  readonly warnings: readonly string[];
}

/**
 * Tries in moments, before any model is loaded, what would fail after minutes: addresses, certificates, tokens, and what
 * model directories say of themselves.
 */
export async function preflight(
  config: ServerConfig,
  { origins = {}, invalid = new Set(), models, families }: PreflightOptions = {},
): Promise<PreflightReport> {
  const isGiven = (...names: SettingName[]) => !names.some((name) => invalid.has(name));
  const problems: TriptychError[] = [];
  const warnings: string[] = [];
  const report = (message: string | undefined) => {
    if (message !== undefined) problems.push(new TriptychError('CONFIG_INVALID', message));
  };
  const about = (name: SettingName, message: string | undefined) =>
    report(message && `${labelOf(name, origins)}: ${message}`);
  if (isGiven('listen')) about('listen', await listenProblem(config.listen));
  if (isGiven('listen', 'metricsListen')) {
    const { metricsListen } = config;
    const clash = sameAddress(metricsListen, config.listen, 'calls are served');
    const free = metricsListen && !clash ? await listenProblem(metricsListen) : undefined;
    about('metricsListen', clash ?? free);
  }
  if (isGiven('listen', 'metricsListen', 'http')) {
    const { http } = config;
    const clash =
      sameAddress(http, config.listen, 'gRPC is served') ??
      sameAddress(http, config.metricsListen, 'metrics are served');
    const free = http && !clash ? await listenProblem(http) : undefined;
    about('http', clash ?? free);
  }
  if (isGiven('tlsCert', 'tlsKey', 'tlsClientCa')) {
    const found = checkTlsFiles(config, origins);
    found.problems.forEach(report);
    warnings.push(...found.warnings);
  }
  if (config.tokens !== '' && isGiven('tokens')) {
    const { problem, warning } = tokenFileFindings(config.tokens);
    about('tokens', problem);
    if (warning !== undefined) warnings.push(warning);
  }
  if (isGiven('models', 'modelsFile', 'hubModels')) {
    const named = models ?? (await describeModels(config.models, families));
    const described = [...named, ...(await listedModels(config, report, families))];
    problems.push(...described.flatMap(({ problem }) => problem ?? []));
    if (config.selfCheck) problems.push(...missingReferences(described));
    nameClashes(described).forEach((clash) => about('models', clash));
  }
  for (const name of ['listen', 'http'] as const) {
    const open = isGiven(name, 'tokens', 'tlsClientCa') ? openToAll(config[name], config) : undefined;
    if (open !== undefined) warnings.push(open);
  }
  return { problems, warnings };
}

/** The models of a file, without those of `--model`. */
async function listedModels(
  { modelsFile: path, hubModels }: ServerConfig,
  report: (problem: string) => void,
  families: readonly ModelFamily[] | undefined,
): Promise<ModelDescription[]> {
  if (path === '') return [];
  try {
    const described = readModelsFile(path, hubModels).models.map(async ({ name, from }) => {
      if ('hub' in from) return { source: from.hub, name };
      const [one] = await describeModels([from.directory], families);
      return { ...one, name };
    });
    return await Promise.all(described);
  } catch (thrown) {
    report(TriptychError.from(thrown).message);
    return [];
  }
}

function tokenFileFindings(path: string): { problem?: string; warning?: string } {
  try {
    const { size } = readTokens(path);
    return size > 0 ? {} : { warning: `${path} holds no token: every call will be refused` };
  } catch (thrown) {
    return { problem: TriptychError.from(thrown).message };
  }
}

/** Throws what is wrong: one problem as it is, several as CONFIG_INVALID. */
export function throwReported(problems: readonly TriptychError[]): void {
  if (problems.length === 1) throw problems[0];
  if (problems.length > 1)
    throw new TriptychError('CONFIG_INVALID', joinProblems(problems.map(({ message }) => message)));
}

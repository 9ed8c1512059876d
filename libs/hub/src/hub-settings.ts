import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { messageOf, TriptychError } from '@triptych/core';

/** Where models come from, and where they are kept; the variables are those of HuggingFace's own tools. */
export interface HubSettings {
  /** `HF_ENDPOINT`, or the public hub. */
  readonly endpoint: string;
  /** `HF_TOKEN`, or what `hf auth login` left in `HF_TOKEN_PATH` (default: `token` in `HF_HOME`). */
  readonly token: string | undefined;
  /** `HF_HUB_CACHE`, or `hub` in `HF_HOME` (default: `~/.cache/huggingface`). */
  readonly cache: string;
  /** `HF_HUB_OFFLINE`: take models from the cache alone. */
  readonly offline: boolean;
}

const PUBLIC_HUB = 'https://huggingface.co';

/** Reads the settings from an environment; `flags` come before it. Throws CONFIG_INVALID or FILE_UNREADABLE. */
export function hubSettings(environment: NodeJS.ProcessEnv, flags: Partial<HubSettings> = {}): HubSettings {
  const set = setIn(environment);
  const tokenFile = set('HF_TOKEN_PATH') ?? join(homeIn(environment), 'token');
  const token = flags.token ?? set('HF_TOKEN') ?? set('HUGGING_FACE_HUB_TOKEN');
  return {
    endpoint: checkedEndpoint(flags.endpoint ?? set('HF_ENDPOINT') ?? PUBLIC_HUB),
    token: token ?? savedToken(tokenFile),
    cache: flags.cache ?? hubCache(environment),
    offline: flags.offline ?? /^(1|true|yes|on)$/i.test(set('HF_HUB_OFFLINE') ?? ''),
  };
}

/** Where what a hub gave is kept. */
export function hubCache(environment: NodeJS.ProcessEnv): string {
  const set = setIn(environment);
  return set('HF_HUB_CACHE') ?? set('HUGGINGFACE_HUB_CACHE') ?? join(homeIn(environment), 'hub');
}

/** Variables that are set, and not to nothing. */
function setIn(environment: NodeJS.ProcessEnv): (name: string) => string | undefined {
  return (name) => environment[name] || undefined;
}

function homeIn(environment: NodeJS.ProcessEnv): string {
  const set = setIn(environment);
  return set('HF_HOME') ?? join(set('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'huggingface');
}

function checkedEndpoint(endpoint: string): string {
  if (URL.canParse(endpoint) && /^https?:\/\//.test(endpoint)) return endpoint.replace(/\/+$/, '');
  throw new TriptychError(
    'CONFIG_INVALID',
    `HF_ENDPOINT: expected the hub's URL, such as ${PUBLIC_HUB}, found ${JSON.stringify(endpoint)}`,
  );
}

function savedToken(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch (cause) {
    const message = `${path}: the hub's token cannot be read (${messageOf(cause)}); HF_TOKEN_PATH names another file`;
    throw new TriptychError('FILE_UNREADABLE', message, { cause });
  }
}

/** A model on a hub. */
export interface HubModel {
  /** `owner/name`. */
  readonly name: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

/** `owner/name` or `owner/name@revision`; undefined for what is no such name. */
export function parseHubModel(text: string): HubModel | undefined {
  const part = '[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?';
  const [, name, revision = 'main'] =
    new RegExp(`^(${part}/${part})(?:@([A-Za-z0-9][A-Za-z0-9._/-]*))?$`).exec(text) ?? [];
  if (name === undefined || /\.\.|--/.test(`${name} ${revision}`)) return undefined;
  return { name, revision };
}

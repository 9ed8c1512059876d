import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ModelSource } from '@triptych/engine';
import { type SettingName, settings } from './settings.js';
import type { Setting } from './settings/setting.js';

/** A setting's value with its paths made absolute, where it has any; relative ones are of `folder`. */
export function resolvePaths(name: SettingName, value: unknown, folder: string): unknown {
  const setting: Setting<unknown> = settings[name];
  if (!setting.path) return value;
  if (Array.isArray(value)) return value.map((item) => resolvePaths(name, item, folder));
  if (typeof value !== 'string' || value === '') return value;
  if (name === 'models') return inModelSource(value, (path) => modelPath(path, folder));
  if (name !== 'listen') return resolve(folder, expandHome(value));
  return value.startsWith('unix:') ? `unix:${resolve(folder, socketPath(value))}` : value;
}

/** `~/` is the user's folder, which shells expand only where a word begins with it. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}

/** The path of `unix:PATH` or `unix:///PATH`. */
export function socketPath(listen: string): string {
  return expandHome(listen.slice('unix:'.length).replace(/^\/\/(?=\/)/, ''));
}

/** `DIR` or `NAME=DIR`. A path may hold `=`, a name no slash. */
export function parseModelSource(text: string): ModelSource {
  const [, name, directory] = /^([^=/\\]*)=(.*)$/s.exec(text) ?? [];
  return directory === undefined ? { directory: text, name: undefined } : { name, directory };
}

/**
 * True for what can be no OWNER/NAME[@REVISION] of a hub: it begins like a path, holds a backslash, or has no slash or several
 * before its revision.
 */
export function looksLikePath(text: string): boolean {
  const [name] = text.split('@');
  return /^[./~]|\\/.test(text) || name.split('/').length !== 2;
}

function inModelSource(text: string, change: (path: string) => string): string {
  const { name, directory } = parseModelSource(text);
  return name === undefined ? change(directory) : `${name}=${change(directory)}`;
}

function modelPath(path: string, folder: string): string {
  const absolute = resolve(folder, expandHome(path));
  return looksLikePath(path) || existsSync(absolute) ? absolute : path;
}

/** A setting's value with `~` expanded in its paths, where it has any. */
export function expandHomeIn(name: SettingName, value: unknown): unknown {
  const setting: Setting<unknown> = settings[name];
  if (!setting.path) return value;
  if (Array.isArray(value)) return value.map((item) => expandHomeIn(name, item));
  if (typeof value !== 'string') return value;
  if (name === 'models') return inModelSource(value, expandHome);
  return value.startsWith('unix:') ? `unix:${socketPath(value)}` : expandHome(value);
}

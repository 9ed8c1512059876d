import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, problemOf, TriptychError } from '@triptych/core';
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { keyOf, nearestSetting, settingNames } from './names.js';
import { resolvePaths } from './paths.js';
import { type SettingName, settings } from './settings.js';
import type { Setting } from './settings/setting.js';

/** Longer files are no configuration. */
const MOST_BYTES = 1024 * 1024;

/** What a configuration file sets. */
export interface ConfigFile {
  readonly values: ReadonlyMap<SettingName, FileValue>;
  /** One sentence each, with file and line. */
  readonly problems: readonly string[];
}

export interface FileValue {
  readonly value: unknown;
  /** FILE:LINE. */
  readonly at: string;
}

/**
 * Reads a configuration file: YAML 1.2, so JSON too. Keys are those of `keyOf`; a key without a value sets nothing. Relative
 * paths are of the file's folder. Throws CONFIG_INVALID where there is no such file, or it is no YAML.
 */
export function readConfigFile(path: string): ConfigFile {
  const { document, at } = readYaml(path, '--config');
  const { contents } = document;
  const values = new Map<SettingName, FileValue>();
  const problems: string[] = [];
  if (contents === null || (isScalar(contents) && contents.value === null)) return { values, problems };
  if (!isMap(contents))
    throw new TriptychError('CONFIG_INVALID', `${path}: expected settings as "key: value", one a line`);
  const byKey = new Map(settingNames.map((name) => [keyOf(name), name]));
  for (const { key, value } of contents.items) {
    const text = isScalar(key) ? String(key.value) : String(key);
    const where = at(isScalar(key) ? (key.range?.[0] ?? 0) : 0);
    const name = byKey.get(text);
    if (!name) {
      problems.push(unknownKey(where, text));
      continue;
    }
    const plain: unknown = document.createNode(value).toJS(document);
    if (plain !== null) values.set(name, { value: inFolder(name, plain, dirname(path)), at: where });
  }
  return { values, problems };
}

function unknownKey(where: string, key: string): string {
  const nearest = nearestSetting(key);
  const hint = nearest ? `did you mean ${keyOf(nearest)}?` : 'triptych serve --print-config lists all';
  return `${where}: there is no setting ${JSON.stringify(key)}; ${hint}`;
}

/** One entry of a list may stand alone. */
function inFolder(name: SettingName, value: unknown, folder: string): unknown {
  const { repeatable }: Setting<unknown> = settings[name];
  const list = repeatable && typeof value === 'string' ? [value] : value;
  return resolvePaths(name, list, folder);
}

/** A file of YAML 1.2 that a flag names, and FILE:LINE of an offset in it. Throws CONFIG_INVALID where there is none, or it is no YAML. */
export function readYaml(
  path: string,
  flag: string,
): { readonly document: Document.Parsed; readonly at: (offset: number) => string } {
  const lineCounter = new LineCounter();
  const document = parseDocument(readText(path, flag), { lineCounter, prettyErrors: false });
  const at = (offset: number) => `${path}:${lineCounter.linePos(offset).line}`;
  const [broken] = document.errors;
  if (broken)
    throw new TriptychError(
      'CONFIG_INVALID',
      `${at(broken.pos[0])}: not valid YAML: ${messageOf(broken).split('\n')[0]}`,
    );
  return { document, at };
}

/** The text of a file that a flag names. Throws CONFIG_INVALID. */
function readText(path: string, flag: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    if (size <= MOST_BYTES) return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TriptychError('CONFIG_INVALID', `${flag} ${path}: ${problemOf(cause)}`, { cause });
  } finally {
    if (file !== undefined) closeSync(file);
  }
  throw new TriptychError(
    'CONFIG_INVALID',
    `${flag} ${path}: larger than a mebibyte; is it a configuration?`,
  );
}

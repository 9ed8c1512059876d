import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { TriptychError } from '@triptych/core';
import type { ModelSource } from '@triptych/engine';
import { type Document, isNode } from 'yaml';
import { z } from 'zod';
import { readYaml } from '../config/config-file.js';
import { expandHome } from '../config/paths.js';
import { device, explain } from '../config/schemas.js';

/** What a file of models says is to be served. */
export interface ModelsList {
  readonly models: readonly (ModelSource & { readonly name: string })[];
  /** Names that stand for others. */
  readonly aliases: ReadonlyMap<string, string>;
  /** The file's as it was read. */
  readonly state: string;
}

/** What tells that a file is another one, or says something else. */
export function stateOf(path: string): string {
  const { mtimeMs = 0, size = -1, ino = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size} ${ino}`;
}

const name = z.string().min(1).max(256);
const schema = z.strictObject({
  models: z
    .array(
      z.strictObject({
        name,
        path: z.string().min(1).max(4096),
        'on-demand': z.boolean({ error: 'expected true or false' }).default(false),
        current: z.boolean({ error: 'expected true or false' }).default(false),
        device: device.optional(),
        precision: z.enum(['float32', 'float16', 'auto']).optional(),
      }),
    )
    .min(1, 'expected at least one model')
    .max(10_000),
  aliases: z.record(z.string(), name).default({}),
});

/**
 * Reads a file of models: YAML 1.2, so JSON too. Relative paths are of its folder. Throws CONFIG_INVALID that names line and key of all
 * that is wrong.
 */
export function readModelsFile(path: string): ModelsList {
  // Before its text: what is written meanwhile is seen as a change.
  const state = stateOf(path);
  const { document, at } = readYaml(path, '--models');
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const key = issue.path.map(String).join('.') || 'document';
      return `${at(offsetOf(document, issue.path))}: ${key}: ${explain([issue])}`;
    });
    throw invalid(problems.slice(0, 20).join('\n'));
  }
  const { models, aliases } = parsed.data;
  const names = models.map((model) => model.name);
  const twice = names.find((one, i) => names.indexOf(one) !== i);
  if (twice !== undefined) throw invalid(`${path}: models: two are named ${twice}`);
  const taken = Object.keys(aliases).find((alias) => names.includes(alias));
  if (taken !== undefined) throw invalid(`${path}: aliases.${taken}: is the name of a model`);
  const folder = dirname(resolve(path));
  return {
    models: models.map((model) => ({
      name: model.name,
      directory: resolve(folder, expandHome(model.path)),
      onDemand: model['on-demand'],
      isCurrent: model.current,
      device: model.device,
      precision: model.precision,
    })),
    aliases: new Map(Object.entries(aliases)),
    state,
  };
}

/** Where what is wrong stands: the key, or the nearest thing around it that is there. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

const invalid = (message: string) => new TriptychError('CONFIG_INVALID', message);

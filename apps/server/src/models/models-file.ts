import { dirname, resolve } from 'node:path';
import { TriptychError } from '@triptych/core';
import type { ModelSource } from '@triptych/engine';
import { type Document, isNode } from 'yaml';
import { z } from 'zod';
import { readYaml } from '../config/config-file.js';
import { fileState } from '../config/file-state.js';
import { expandHome } from '../config/paths.js';
import { device, explain } from '../config/schemas.js';
import { hubProblem } from './model-sources.js';

/** A model that a file of models names. */
export interface ListedModel extends Omit<ModelSource, 'directory'> {
  readonly name: string;
  readonly from: ListedSource;
}

/** A model directory, or a model of the hub: OWNER/NAME[@REVISION]. */
export type ListedSource = { readonly directory: string } | { readonly hub: string };

/** What a file of models says is to be served. */
export interface ModelsList {
  readonly models: readonly ListedModel[];
  /** Names that stand for others. */
  readonly aliases: ReadonlyMap<string, string>;
  /** The file's as it was read. */
  readonly state: string;
}

const name = z.string().min(1).max(256);
const yesOrNo = z.boolean({ error: 'expected true or false' }).default(false);
const model = z.strictObject({
  name,
  path: z.string().min(1).max(4096).optional(),
  hub: z.string().min(1).max(256).optional(),
  'on-demand': yesOrNo,
  current: yesOrNo,
  device: device.optional(),
  precision: z.enum(['float32', 'float16', 'auto']).optional(),
});

const schemaOf = (hubModels: readonly string[]) =>
  z.strictObject({
    models: z
      .array(model.superRefine((line, context) => checkSource(line, hubModels, context)))
      .min(1, 'expected at least one model')
      .max(10_000),
    aliases: z.record(z.string(), name).default({}),
  });

function checkSource(
  { path, hub }: z.infer<typeof model>,
  hubModels: readonly string[],
  context: z.RefinementCtx,
): void {
  if ((path === undefined) === (hub === undefined))
    context.addIssue({ code: 'custom', message: 'expected a path or a model of the hub, one of them' });
  const problem = hub === undefined ? undefined : hubProblem(hub, hubModels);
  if (problem !== undefined) context.addIssue({ code: 'custom', path: ['hub'], message: problem });
}

/**
 * Reads a file of models: YAML 1.2, so JSON too. Relative paths are of its folder; models of the hub are those that `hubModels` allows
 * (OWNER/NAME, OWNER/* or *). Throws CONFIG_INVALID that names line and key of all that is wrong.
 */
export function readModelsFile(path: string, hubModels: readonly string[]): ModelsList {
  // Before its text: what is written meanwhile is seen as a change.
  const state = fileState(path);
  const { document, at } = readYaml(path, '--models');
  const parsed = schemaOf(hubModels).safeParse(document.toJS({ maxAliasCount: 100 }));
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
      from:
        model.hub === undefined
          ? { directory: resolve(folder, expandHome(model.path ?? '')) }
          : { hub: model.hub },
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

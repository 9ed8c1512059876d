import { TriptychError } from '@triptych/core';
import type { Engine } from '@triptych/engine';
import type { Modality } from '@triptych/model-families';
import type { FlightDescriptor__Output } from '@triptych/protocol';
import { z } from 'zod';

/** Longest command that is read. */
const MOST_COMMAND_BYTES = 64 * 1024;
/** Of the format: DescriptorType of Flight.proto. */
export const descriptorTypes = { path: 1, command: 2 } as const;

export const modalities = ['text', 'image', 'audio'] as const satisfies readonly Modality[];

const ofAll = {
  model: z.string().default(''),
  modality: z.enum(modalities).optional(),
  /** Which column holds what is encoded. Default: that of the modality's name, or the only one whose type fits. */
  column: z.string().optional(),
  /** Which of the table's columns come back. Default: all. */
  columns: z.array(z.string()).max(1024).optional(),
  pooling: z.string().optional(),
  normalize: z.boolean().optional(),
  dimensions: z.int().min(0).optional(),
  /** How vectors are sent. */
  numbers: z.enum(['float32', 'float16']).default('float32'),
};

const schemas = {
  text: z.strictObject({ ...ofAll, prompt: z.string().optional(), reject_too_long: z.boolean().optional() }),
  image: z.strictObject(ofAll),
  audio: z.strictObject({
    ...ofAll,
    context: z.string().optional(),
    encoding: z.string().optional(),
    sample_rate: z.number().optional(),
  }),
};

type Of<M extends Modality> = Omit<z.infer<(typeof schemas)[M]>, 'modality'> & { readonly modality: M };

/** What a descriptor asks for, checked. */
export type Command = Of<'text'> | Of<'image'> | Of<'audio'>;

/**
 * The model and the options that a descriptor names: a path of a model and a modality, or a command in JSON. Throws PARAMETER_INVALID, and
 * MODEL_NOT_FOUND or MODALITY_NOT_SERVED where the modality is to be the model's and there is no such model.
 */
export function readDescriptor(engine: Engine, { type, path, cmd }: FlightDescriptor__Output): Command {
  if (type === descriptorTypes.command) return readCommand(engine, parse(cmd));
  if (type !== descriptorTypes.path) throw invalid('type', 'the descriptor is neither a path nor a command');
  const [model = '', modality, ...others] = path;
  if (path.length === 0 || others.length > 0)
    throw invalid('path', `the path has ${path.length} parts; expected a model, or a model and a modality`);
  return readCommand(engine, { model, ...(modality === undefined ? {} : { modality }) });
}

function readCommand(engine: Engine, given: Readonly<Record<string, unknown>>): Command {
  const { model, modality: asked } = given;
  const modality =
    asked ?? (typeof model === 'string' && model !== '' ? onlyModality(engine, model) : undefined);
  const schema = modalities.find((one) => one === modality);
  if (!schema)
    throw invalid('modality', `modality is ${show(modality)}; expected one of ${modalities.join(', ')}`);
  const read = schemas[schema].safeParse(given);
  if (read.success) return { ...read.data, modality: schema };
  const [{ path, message, code, ...issue }] = read.error.issues;
  if (code === 'unrecognized_keys') {
    const known = Object.keys(schemas[schema].shape).join(', ');
    const [key] = (issue as { keys?: readonly string[] }).keys ?? [];
    throw invalid(show(key), `option ${show(key)} is unknown for ${schema}; expected one of ${known}`);
  }
  throw invalid(path.join('.'), `option ${path.join('.')}: ${message}`);
}

/** The modality of a model that has one alone; undefined where it has several. Throws MODEL_NOT_FOUND. */
function onlyModality({ models }: Engine, name: string): Modality | undefined {
  const { card } = models.get(name);
  const taken = modalities.filter((one) => card[one]);
  return taken.length === 1 ? taken[0] : undefined;
}

function parse(command: Uint8Array): Readonly<Record<string, unknown>> {
  if (command.length > MOST_COMMAND_BYTES)
    throw invalid('cmd', `the command has ${command.length} bytes; expected at most ${MOST_COMMAND_BYTES}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(command));
  } catch (cause) {
    throw invalid('cmd', 'the command is no JSON', cause);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw invalid(
    'cmd',
    'the command is no JSON object; expected one such as {"model": "…", "modality": "text"}',
  );
}

function show(value: unknown): string {
  if (value === undefined) return 'not set';
  return (JSON.stringify(value) ?? typeof value).slice(0, 64);
}

function invalid(field: string, message: string, cause?: unknown): TriptychError {
  return new TriptychError('PARAMETER_INVALID', message, { field: `flight_descriptor.${field}`, cause });
}

import { TriptychError } from '@triptych/core';
import protobuf from 'protobufjs';
import { loadFlightRoot, loadInferenceRoot, loadWireRoot } from '../load.js';
import { type FieldShape, type MessageShape, RequestShape } from './request-shape.js';
import { LENGTH, VARINT } from './wire-reader.js';

/** Most elements of every repeated field that a request can hold: `{ 'EncodeAudioRequest.clips': 64 }`. */
export type CountLimits = Readonly<Record<string, number>>;

/** Longest `id` of an item, in bytes: answers repeat it, some of them for each pair of items. */
const LONGEST_ID = 1024;

/** What a method takes. */
export interface RequestRule {
  readonly shape: RequestShape;
  /** Whether it carries content (audio, pixels, texts), or names and numbers only. */
  readonly hasContent: boolean;
}

const roots = {
  triptych: () => loadWireRoot('server'),
  inference: loadInferenceRoot,
  flight: loadFlightRoot,
} as const;

/** What there is a proto for: `proto/triptych`, `proto/inference` or `proto/arrow`. */
export type Api = keyof typeof roots;

/**
 * The rule for each method's request, by path: `/triptych.v1.AudioEncoder/Encode`. Made from the descriptors; throws INTERNAL
 * where they have a repeated field without a limit.
 */
export function requestRules(limits: CountLimits, api: Api = 'triptych'): ReadonlyMap<string, RequestRule> {
  const root = roots[api]();
  const compile = compiler(limits);
  const rules = new Map<string, RequestRule>();
  for (const service of servicesOf(root)) {
    for (const method of service.methodsArray) {
      const type = service.lookupType(method.requestType);
      const path = `/${service.fullName.slice(1)}/${method.name}`;
      rules.set(path, { shape: new RequestShape(compile(type)), hasContent: hasContent(type) });
    }
  }
  return rules;
}

function servicesOf(namespace: protobuf.NamespaceBase): protobuf.Service[] {
  return namespace.nestedArray.flatMap((nested) => {
    if (nested instanceof protobuf.Service) return [nested];
    return nested instanceof protobuf.Namespace ? servicesOf(nested) : [];
  });
}

function compiler(limits: CountLimits): (type: protobuf.Type) => MessageShape {
  const known = new Map<protobuf.Type, MessageShape>();
  const compile = (type: protobuf.Type): MessageShape => {
    const shape = known.get(type) ?? {
      fields: new Map(type.fieldsArray.map((field) => [field.id, fieldShape(field.resolve())])),
    };
    known.set(type, shape);
    return shape;
  };
  /** An entry of a map is a message of two fields. */
  const entryShape = (field: protobuf.MapField): MessageShape => ({
    fields: new Map([
      [1, { name: 'key', wireType: wireTypeOf({ type: field.keyType }) }],
      [2, { ...valueShape(field), name: 'value' }],
    ]),
  });
  const valueShape = (field: protobuf.FieldBase): FieldShape => {
    const { name, resolvedType } = field;
    const wireType = resolvedType instanceof protobuf.Enum ? VARINT : wireTypeOf(field);
    return {
      name,
      wireType,
      ...(resolvedType instanceof protobuf.Type ? { message: compile(resolvedType) } : {}),
    };
  };
  const fieldShape = (field: protobuf.Field): FieldShape => {
    const { name, repeated } = field;
    if (field instanceof protobuf.MapField)
      return { name, wireType: LENGTH, message: entryShape(field), most: limitOf(field, limits) };
    const shape = valueShape(field);
    return {
      ...shape,
      ...(name === 'id' && field.type === 'string' ? { longest: LONGEST_ID } : {}),
      ...(repeated ? { most: limitOf(field, limits) } : {}),
      ...(repeated && shape.wireType !== LENGTH ? { packed: shape.wireType } : {}),
    };
  };
  return compile;
}

function limitOf({ name, parent }: protobuf.FieldBase, limits: CountLimits): number {
  const key = `${parent?.name}.${name}`;
  if (!Object.hasOwn(limits, key))
    throw new TriptychError('INTERNAL', `${key} is repeated; a limit on its elements is missing`);
  return limits[key];
}

function wireTypeOf({ type }: { readonly type: string }): number {
  return (protobuf.types.basic as Record<string, number | undefined>)[type] ?? LENGTH;
}

function hasContent(type: protobuf.Type): boolean {
  return type.fieldsArray.some((field) => {
    const { resolvedType } = field.resolve();
    return field.type === 'bytes' || (resolvedType instanceof protobuf.Type && hasContent(resolvedType));
  });
}

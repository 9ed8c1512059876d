import { malformed, unsupported } from './refusals.js';
import type { Field, Schema } from './schema.js';
import { numberIn } from './types.js';

/** How a column's values lie in buffers, whatever they mean. */
export type Layout =
  | { readonly kind: 'null' }
  | { readonly kind: 'bits' }
  | { readonly kind: 'fixed'; readonly bytes: number }
  /** Bytes of any length, found by offsets of 4 or 8 bytes. */
  | { readonly kind: 'bytes'; readonly offsetBytes: 4 | 8 }
  | { readonly kind: 'list'; readonly offsetBytes: 4 | 8; readonly child: Layout }
  | { readonly kind: 'fixed-list'; readonly size: number; readonly child: Layout }
  | { readonly kind: 'struct'; readonly children: readonly Layout[] };

/** Of each column. Throws ARROW_MALFORMED, and ARROW_UNSUPPORTED where a type is not one that this server passes on. */
export function layoutsOf({ fields }: Schema): Layout[] {
  return fields.map(layoutOf);
}

export function layoutOf(field: Field): Layout {
  const { type, children } = field;
  const count = childCounts[type.name] ?? 0;
  if (count !== 'any' && children.length !== count)
    throw malformed(`${children.length} fields within ${quoted(field)}, a ${type.name}; expected ${count}`);
  const number = (slot: number) => numberIn(type, slot);
  switch (type.name) {
    case 'null':
      return { kind: 'null' };
    case 'bool':
      return { kind: 'bits' };
    case 'int':
      return fixed(field, number(0), [8, 16, 32, 64]);
    case 'float':
      return fixed(field, [16, 32, 64][number(0)] ?? 0, [16, 32, 64]);
    case 'decimal':
      return fixed(field, number(2), [32, 64, 128, 256]);
    case 'date':
      return { kind: 'fixed', bytes: number(0) === 0 ? 4 : 8 };
    case 'time':
      return fixed(field, number(1), [32, 64]);
    case 'timestamp':
    case 'duration':
      return { kind: 'fixed', bytes: 8 };
    case 'interval':
      return fixed(field, [32, 64, 128][number(0)] ?? 0, [32, 64, 128]);
    case 'fixed_size_binary':
      return { kind: 'fixed', bytes: size(field, number(0)) };
    case 'binary':
    case 'utf8':
      return { kind: 'bytes', offsetBytes: 4 };
    case 'large_binary':
    case 'large_utf8':
      return { kind: 'bytes', offsetBytes: 8 };
    case 'list':
    case 'map':
      return { kind: 'list', offsetBytes: 4, child: layoutOf(children[0]) };
    case 'large_list':
      return { kind: 'list', offsetBytes: 8, child: layoutOf(children[0]) };
    case 'fixed_size_list':
      return { kind: 'fixed-list', size: size(field, number(0)), child: layoutOf(children[0]) };
    case 'struct':
      return { kind: 'struct', children: children.map(layoutOf) };
    default:
      throw unsupported(
        `column ${quoted(field)} is a ${type.name}, which this server does not pass on; cast it (a view to utf8, binary or a list), or leave it out`,
      );
  }
}

const childCounts: Readonly<Record<string, number | 'any'>> = {
  list: 1,
  large_list: 1,
  fixed_size_list: 1,
  map: 1,
  struct: 'any',
  union: 'any',
  run_end_encoded: 'any',
  list_view: 'any',
  large_list_view: 'any',
};

function fixed(field: Field, bits: number, known: readonly number[]): Layout {
  if (!known.includes(bits)) throw malformed(`a ${field.type.name} of ${bits} bits, ${quoted(field)}`);
  return { kind: 'fixed', bytes: bits / 8 };
}

function size(field: Field, found: number): number {
  if (found < 0) throw malformed(`a ${field.type.name} of ${found}, ${quoted(field)}`);
  return found;
}

export function quoted({ name }: Pick<Field, 'name'>): string {
  return JSON.stringify(name.slice(0, 64));
}

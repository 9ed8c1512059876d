import type { Table } from './read-flatbuffer.js';
import { malformed } from './refusals.js';
import type { Fields, Value } from './write-flatbuffer.js';

/** What a field's type is called in the format, by its number there (`Type` of Schema.fbs). */
const names = [
  'none',
  'null',
  'int',
  'float',
  'binary',
  'utf8',
  'bool',
  'decimal',
  'date',
  'time',
  'timestamp',
  'interval',
  'list',
  'struct',
  'union',
  'fixed_size_binary',
  'fixed_size_list',
  'map',
  'duration',
  'large_binary',
  'large_utf8',
  'large_list',
  'run_end_encoded',
  'binary_view',
  'utf8_view',
  'list_view',
  'large_list_view',
] as const;

export type TypeName = (typeof names)[number];

type Parameter = readonly [kind: 'bool' | 'i16' | 'i32' | 'string', absent?: number];

/** Parameters of types at their slots, with what is meant where they are absent. Those that are not here have none. */
const parametersOf: Readonly<Partial<Record<TypeName, readonly Parameter[]>>> = {
  int: [['i32'], ['bool']],
  float: [['i16']],
  decimal: [['i32'], ['i32'], ['i32', 128]],
  date: [['i16', 1]],
  time: [
    ['i16', 1],
    ['i32', 32],
  ],
  timestamp: [['i16'], ['string']],
  interval: [['i16']],
  fixed_size_binary: [['i32']],
  fixed_size_list: [['i32']],
  map: [['bool']],
  duration: [['i16', 1]],
};

/** A type with its parameters, in the order of their slots. */
export interface ArrowType {
  readonly name: TypeName;
  readonly parameters: readonly (number | string | undefined)[];
}

/** Throws ARROW_MALFORMED where the format has no type of this number. */
export function readType(number: number, table: Table): ArrowType {
  const name = number === 0 ? undefined : names[number];
  if (name === undefined) throw malformed(`a type of number ${number}, which is none`);
  const parameters = (parametersOf[name] ?? []).map(([kind, absent], slot) => {
    if (kind === 'string') return table.string(slot);
    if (kind === 'bool') return table.u8(slot);
    return kind === 'i16' ? table.i16(slot, absent) : table.i32(slot, absent);
  });
  return { name, parameters };
}

/** The number of a type, and its table. */
export function writeType({ name, parameters }: ArrowType): {
  readonly number: number;
  readonly fields: Fields;
} {
  const kinds = parametersOf[name] ?? [];
  const fields = parameters.map((value, slot): Value | undefined => {
    if (value === undefined) return undefined;
    return { kind: kinds[slot][0], value } as Value;
  });
  return { number: names.indexOf(name), fields };
}

/** A number among a type's parameters. */
export function numberIn({ parameters }: ArrowType, slot: number): number {
  return parameters[slot] as number;
}

const floatNames = ['float16', 'float32', 'float64'];

/** A type as people write it: `int16`, `float32`, `utf8`. */
export function typeText(type: ArrowType): string {
  if (type.name === 'int') return `${numberIn(type, 1) ? '' : 'u'}int${numberIn(type, 0)}`;
  if (type.name === 'float') return floatNames[numberIn(type, 0)] ?? 'float';
  return type.name;
}

import { downcastFloat16 } from '@triptych/core';
import { cpuKernels, type Kernels, type Precision } from '../device/kernels.js';
import {
  type Attribute,
  type ElementType,
  elementTypes,
  encodeModel,
  type Graph,
  type ValueInfo,
} from './proto.js';
import { type WeightForms, withForms } from './weight-forms.js';

/** A tensor in the graph, by name. */
export type Value = string & { readonly __value: unique symbol };

export type AttributeValue = number | readonly number[] | string | { readonly float: number };

export interface OperatorOptions {
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** `com.microsoft` for ONNX Runtime's fused kernels. */
  readonly domain?: 'com.microsoft';
}

/** A dimension: a size, or the name of one that varies from run to run. */
export type Dimension = number | string;

/** A finished graph, and the weights that it takes: their shapes by name. */
export interface OnnxGraph {
  /** As an ONNX model. A weight without a form is taken as it is computed with, from memory. */
  encode(forms?: WeightForms): Uint8Array;
  readonly weights: ReadonlyMap<string, readonly number[]>;
  /** Those of the weights that are inputs of every run, not initializers. */
  readonly fed: ReadonlySet<string>;
  /** Those of the weights that stay int8. */
  readonly int8: ReadonlySet<string>;
}

/** What a graph is written for, beside being run. */
export interface GraphOptions {
  /** Also give the residual stream after every block. */
  readonly inspect?: boolean;
  /** Also give the input of each matrix product of a block, for every `observe`-th token. See `observe` in transformer/linear.ts. */
  readonly observe?: number | undefined;
  /** Default: those of the CPU. */
  readonly kernels?: Kernels | undefined;
}

const OPSETS = { '': 20, 'com.microsoft': 1 };

/** Writes an ONNX graph node by node, in the order a figure of the network is read. */
export class GraphBuilder {
  readonly kernels: Kernels;
  readonly #graph: Graph;
  readonly #constants = new Map<string, Value>();
  readonly #weights = new Map<string, readonly number[]>();
  readonly #fed = new Set<string>();
  readonly #int8 = new Set<string>();
  #nodes = 0;
  #precision: Precision = 'float32';

  constructor(
    name: string,
    readonly options: GraphOptions = {},
  ) {
    this.kernels = options.kernels ?? cpuKernels;
    this.#graph = { name, node: [], initializer: [], input: [], output: [] };
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.#graph.input.push(valueInfo(name, type, shape));
    return name as Value;
  }

  output(name: string, value: Value, type: ElementType, shape: readonly Dimension[]): void {
    this.#push('Identity', [value], [name], {});
    this.#graph.output.push(valueInfo(name, type, shape));
  }

  /** An operator with one output. `undefined` inputs are optional ones left out. */
  op(type: string, inputs: readonly (Value | undefined)[], options: OperatorOptions = {}): Value {
    return this.ops(type, inputs, [true], options)[0];
  }

  /** An operator with several outputs; the kernel skips those not `wanted`, whose names come back empty. */
  ops(
    type: string,
    inputs: readonly (Value | undefined)[],
    wanted: readonly boolean[],
    options: OperatorOptions = {},
  ): Value[] {
    const names = wanted.map((is, i) => (is ? `${type}_${this.#nodes}_${i}` : ''));
    this.#push(type, inputs, names, options);
    return names as Value[];
  }

  /**
   * What `write` writes is computed in the kernels' precision: weights and constants are of it, and so must be what it reads
   * ({@link cast}).
   */
  inPrecision<T>(write: () => T): T {
    const before = this.#precision;
    this.#precision = this.kernels.precision;
    try {
      return write();
    } finally {
      this.#precision = before;
    }
  }

  /** In the precision that is being written in. */
  cast(x: Value): Value {
    return this.kernels.precision === 'float32'
      ? x
      : this.op('Cast', [x], { attributes: { to: elementTypes[this.#precision] } });
  }

  /**
   * A weight of the model by name, in the shape that its configuration asks for. Its data comes beside the graph.
   * `as`: the shape that the graph sees, where that is another one of as many elements.
   */
  weight(name: string, shape: readonly number[], as: readonly number[] = shape): Value {
    if (this.#weights.has(name)) return name as Value;
    this.#weights.set(name, shape);
    return this.#external(name, this.#precision, as);
  }

  /** A weight that stays int8, and the scale of each index of its first dimension. */
  int8Weight(name: string, shape: readonly number[]): { values: Value; scales: Value } {
    if (!this.#int8.has(name)) {
      this.#weights.set(name, shape);
      this.#int8.add(name);
      this.#external(name, 'int8', shape);
      this.#external(scalesOf(name), 'float32', [shape[0]]);
    }
    return { values: name as Value, scales: scalesOf(name) as Value };
  }

  /**
   * Rows of a large table of weights, by their indices. On the CPU ONNX Runtime would copy an initializer; an input stays where it is,
   * and as it is stored: rows are upcast once they are chosen.
   */
  lookup(name: string, shape: readonly number[], indices: Value): Value {
    if (!this.kernels.fedTables) return this.op('Gather', [this.weight(name, shape), indices]);
    this.#weights.set(name, shape);
    this.#fed.add(name);
    const rows = this.op('Gather', [this.input(name, 'float32', shape), indices]);
    return this.op('Cast', [rows], { attributes: { to: elementTypes.float32 } });
  }

  floats(values: Float32Array | readonly number[], shape: readonly number[] = [values.length]): Value {
    const array = Float32Array.from(values);
    if (this.#precision === 'float16')
      return this.#constant('float16', new Uint8Array(downcastFloat16(array).buffer), shape);
    return this.#constant('float32', new Uint8Array(array.buffer), shape);
  }

  ints(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    const array = BigInt64Array.from(values, BigInt);
    return this.#constant('int64', new Uint8Array(array.buffer), shape);
  }

  bytes(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    return this.#constant('uint8', Uint8Array.from(values), shape);
  }

  build(): OnnxGraph {
    return {
      encode: (forms = new Map()) => encodeModel(withForms(this.#graph, forms), OPSETS),
      weights: this.#weights,
      fed: this.#fed,
      int8: this.#int8,
    };
  }

  #external(name: string, type: ElementType, shape: readonly number[]): Value {
    this.#graph.initializer.push({
      name,
      dims: [...shape],
      data_type: elementTypes[type],
      data_location: 1,
      external_data: [{ key: 'location', value: name }],
    });
    return name as Value;
  }

  #constant(type: ElementType, bytes: Uint8Array, shape: readonly number[]): Value {
    const key = bytes.length <= 64 ? `${type}[${shape.join()}]${bytes.join()}` : undefined;
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known) return known;
    const name = `constant_${this.#graph.initializer.length}`;
    this.#graph.initializer.push({ name, dims: [...shape], data_type: elementTypes[type], raw_data: bytes });
    if (key !== undefined) this.#constants.set(key, name as Value);
    return name as Value;
  }

  #push(
    type: string,
    inputs: readonly (Value | undefined)[],
    output: string[],
    options: OperatorOptions,
  ): void {
    this.#graph.node.push({
      name: `${type}_${this.#nodes++}`,
      op_type: type,
      domain: options.domain ?? '',
      input: inputs.map((i) => i ?? ''),
      output,
      attribute: Object.entries(options.attributes ?? {}).map(([name, value]) => attribute(name, value)),
    });
  }
}

/** Name under which the scales of an int8 weight come. */
export function scalesOf(weight: string): string {
  return `${weight}_scale`;
}

function attribute(name: string, value: AttributeValue): Attribute {
  if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) };
  if (typeof value === 'number') return { name, type: 2, i: value };
  if ('float' in value) return { name, type: 1, f: value.float };
  return { name, type: 7, ints: [...value] };
}

function valueInfo(name: string, type: ElementType, shape: readonly Dimension[]): ValueInfo {
  const dim = shape.map((d) => (typeof d === 'number' ? { dim_value: d } : { dim_param: d }));
  return { name, type: { tensor_type: { elem_type: elementTypes[type], shape: { dim } } } };
}

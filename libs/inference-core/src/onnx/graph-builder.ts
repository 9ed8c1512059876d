import {
  type Attribute,
  type ElementType,
  elementTypes,
  encodeModel,
  type Graph,
  type ValueInfo,
} from './proto.js';

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
  readonly model: Uint8Array;
  readonly weights: ReadonlyMap<string, readonly number[]>;
  /** Those of the weights that are inputs of every run, not initializers. */
  readonly fed: ReadonlySet<string>;
}

const OPSETS = { '': 20, 'com.microsoft': 1 };

/** Writes an ONNX graph node by node, in the order a figure of the network is read. */
export class GraphBuilder {
  readonly #graph: Graph;
  readonly #constants = new Map<string, Value>();
  readonly #weights = new Map<string, readonly number[]>();
  readonly #fed = new Set<string>();
  #nodes = 0;

  constructor(name: string) {
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
   * A weight of the model by name, in the shape that its configuration asks for. Its data comes beside the graph.
   * `as`: the shape that the graph sees, where that is another one of as many elements.
   */
  weight(name: string, shape: readonly number[], as: readonly number[] = shape): Value {
    if (this.#weights.has(name)) return name as Value;
    this.#weights.set(name, shape);
    this.#graph.initializer.push({
      name,
      dims: [...as],
      data_type: elementTypes.float32,
      data_location: 1,
      external_data: [{ key: 'location', value: name }],
    });
    return name as Value;
  }

  /**
   * A large table of weights of which a run reads a few rows. ONNX Runtime would copy an initializer; an input stays
   * where it is.
   */
  table(name: string, shape: readonly number[]): Value {
    this.#weights.set(name, shape);
    this.#fed.add(name);
    return this.input(name, 'float32', shape);
  }

  floats(values: Float32Array | readonly number[], shape: readonly number[] = [values.length]): Value {
    const array = Float32Array.from(values);
    return this.#constant('float32', new Uint8Array(array.buffer), shape);
  }

  ints(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    const array = BigInt64Array.from(values, BigInt);
    return this.#constant('int64', new Uint8Array(array.buffer), shape);
  }

  build(): OnnxGraph {
    return { model: encodeModel(this.#graph, OPSETS), weights: this.#weights, fed: this.#fed };
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

import { type DType, elementCount } from '@triptych/core';
import { elementTypes, type Graph, type Initializer, type Node } from './proto.js';

/** How a weight comes to a session. */
export interface WeightForm {
  readonly type: DType;
  /** Where it lies inside a file. Default: in memory, as an external file of its own name. */
  readonly place?: { readonly file: string; readonly byteOffset: number; readonly byteLength: number };
}

export type WeightForms = ReadonlyMap<string, WeightForm>;

/**
 * A graph that takes its weights in these forms. Halves are upcast by a Cast, which ONNX Runtime computes once, when it makes
 * the session. What lies in a file takes a step out of it in any case: ONNX Runtime maps the file, and a weight that no step
 * copies would stay there, for the file to change under it.
 */
export function withForms(graph: Graph, forms: WeightForms): Graph {
  const initializer: Initializer[] = [];
  const node: Node[] = [];
  for (const tensor of graph.initializer) {
    const form = tensor.data_location === 1 ? forms.get(tensor.name) : undefined;
    const type = form && elementTypes[form.type];
    if (!form || (type === tensor.data_type && !form.place)) {
      initializer.push(tensor);
      continue;
    }
    const stored: Initializer = {
      ...tensor,
      name: `${tensor.name}:stored`,
      data_type: elementTypes[form.type],
    };
    if (form.place) stored.external_data = inFile(form.place);
    if (type === tensor.data_type) {
      const shape = shapeOf(tensor);
      initializer.push({ ...stored, dims: [elementCount(tensor.dims)] }, shape);
      node.push(step('Reshape', [stored.name, shape.name], tensor.name));
    } else {
      initializer.push(stored);
      node.push({
        ...step('Cast', [stored.name], tensor.name),
        attribute: [{ name: 'to', type: 2, i: tensor.data_type }],
      });
    }
  }
  const input = graph.input.map((value) => {
    const form = forms.get(value.name);
    if (!form) return value;
    const { shape } = value.type.tensor_type;
    return { ...value, type: { tensor_type: { elem_type: elementTypes[form.type], shape } } };
  });
  return { ...graph, initializer, input, node: [...node, ...graph.node] };
}

function step(op_type: string, input: string[], output: string): Node {
  return { name: `${output}:${op_type}`, op_type, domain: '', input, output: [output], attribute: [] };
}

function inFile({ file, byteOffset, byteLength }: NonNullable<WeightForm['place']>) {
  const entries = { location: file, offset: byteOffset, length: byteLength };
  return Object.entries(entries).map(([key, value]) => ({ key, value: String(value) }));
}

function shapeOf({ name, dims }: Initializer): Initializer {
  const { buffer } = BigInt64Array.from(dims, BigInt);
  return {
    name: `${name}:shape`,
    dims: [dims.length],
    data_type: elementTypes.int64,
    raw_data: new Uint8Array(buffer),
  };
}

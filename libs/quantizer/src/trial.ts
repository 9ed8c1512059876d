import { GraphBuilder, InferenceWorker, type OnnxGraph, type Value } from '@triptych/inference-core';

/** Products with a site's weights, in int8 and in float32. */
export interface Trial {
  /** [tokens, in] */
  readonly rows: Float32Array<ArrayBuffer>;
  /** [out, in] of all of the site's products. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** Each input channel is divided by it, and each column of the weights multiplied. */
  readonly smoothing: Float32Array<ArrayBuffer>;
  /** Of the smoothed input. */
  readonly low: number;
  readonly high: number;
}

export interface TrialResult {
  /** Squared error ÷ squared values of the products. */
  readonly error: number;
  /** By how much each product's mean is too low: what its bias lacks. */
  readonly shift: Float32Array;
}

const LEVELS = 255;
const LARGEST_WEIGHT = 127;
const plain = { normalize: false, dimensions: 0, numbers: 'float32' } as const;

/** Tries quantisations out, by ONNX Runtime: the arithmetic of the integer kernels, in float32. */
export class Trials {
  private constructor(private readonly worker: InferenceWorker) {}

  static async start(): Promise<Trials> {
    const weights = () => Promise.resolve({ tensors: new Map(), parts: [] });
    return new Trials(
      await InferenceWorker.start({ name: 'trials', threads: 0, graph: trialGraph, weights }),
    );
  }

  async run({ rows, weights, smoothing, low, high }: Trial): Promise<TrialResult> {
    const width = smoothing.length;
    const tensor = (values: Float32Array<ArrayBuffer>, dims: readonly number[]) =>
      ({ type: 'float32', dims, data: values.slice().buffer }) as const;
    const { embeddings } = await this.worker.run({
      feeds: {
        rows: tensor(rows, [rows.length / width, width]),
        weights: tensor(weights, [weights.length / width, width]),
        smoothing: tensor(smoothing, [width]),
        range: tensor(Float32Array.of(low, high), [2]),
      },
      rows: ['error', 'shift'].map((output) => ({ output, item: 0, form: plain })),
    });
    const [error, shift] = embeddings.map(({ bytes }) => new Float32Array(bytes.buffer));
    return { error: error[0] / error[1], shift };
  }

  close(): Promise<void> {
    return this.worker.close();
  }
}

function trialGraph(): OnnxGraph {
  const g = new GraphBuilder('trial');
  const rows = g.input('rows', 'float32', ['tokens', 'in']);
  const weights = g.input('weights', 'float32', ['out', 'in']);
  const smoothing = g.input('smoothing', 'float32', ['in']);
  const range = g.input('range', 'float32', [2]);
  const bound = (i: number) => g.op('Gather', [range, g.ints([i], [])]);
  const scale = g.op('Div', [g.op('Sub', [bound(1), bound(0)]), g.floats([LEVELS], [])]);
  const zero = g.op('Round', [g.op('Div', [g.op('Neg', [bound(0)]), scale])]);

  const steps = g.op('Add', [g.op('Round', [g.op('Div', [g.op('Div', [rows, smoothing]), scale])]), zero]);
  const clipped = g.op('Clip', [steps, g.floats([0], []), g.floats([LEVELS], [])]);
  const input = g.op('Mul', [g.op('Sub', [clipped, zero]), scale]);
  const product = (x: Value, w: Value) =>
    g.op('FusedMatMul', [x, w], { domain: 'com.microsoft', attributes: { transB: 1 } });
  const difference = g.op('Sub', [
    product(rows, weights),
    product(input, roundedWeights(g, g.op('Mul', [weights, smoothing]))),
  ]);
  const squares = [difference, product(rows, weights)].map((x) =>
    g.op('ReduceSumSquare', [x], { attributes: { keepdims: 1 } }),
  );
  g.output('error', g.op('Concat', squares, { attributes: { axis: 1 } }), 'float32', [1, 2]);
  g.output('shift', g.op('ReduceMean', [difference, g.ints([0])]), 'float32', [1, 'out']);
  return g.build();
}

/** Weights as int8 of one scale for each output channel has them. */
function roundedWeights(g: GraphBuilder, weights: Value): Value {
  const largest = g.op('ReduceMax', [g.op('Abs', [weights]), g.ints([1])]);
  const scale = g.op('Div', [g.op('Max', [largest, g.floats([1e-30], [])]), g.floats([LARGEST_WEIGHT], [])]);
  return g.op('Mul', [g.op('Round', [g.op('Div', [weights, scale])]), scale]);
}

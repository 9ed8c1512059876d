import type { InferAnswer } from '../../oip/infer/infer.js';
import { valuesOf } from '../../oip/tensors/typed-values.js';

/** An answer as it is sent: JSON, behind which the tensors that were wanted so follow as bytes. */
export interface RestInferAnswer {
  readonly body: Buffer;
  /** Undefined: it is JSON alone. */
  readonly headBytes: number | undefined;
}

export async function writeInferAnswer(
  answer: InferAnswer,
  isBinary: (output: string) => boolean,
  pause: () => Promise<void>,
): Promise<RestInferAnswer> {
  const { model, version, id, parameters, outputs } = answer;
  const tensors: string[] = [];
  const binary: Uint8Array[] = [];
  for (const tensor of outputs) {
    const { name, datatype, shape, data } = tensor;
    if (isBinary(name)) {
      binary.push(data);
      tensors.push(JSON.stringify({ name, datatype, shape, parameters: { binary_data_size: data.length } }));
    } else tensors.push(JSON.stringify({ name, datatype, shape, data: valuesOf(tensor) }));
    await pause();
  }
  const rest = { model_name: model, model_version: version, ...(id === '' ? {} : { id }), parameters };
  const head = Buffer.from(`${JSON.stringify(rest).slice(0, -1)},"outputs":[${tensors.join(',')}]}`);
  if (binary.length === 0) return { body: head, headBytes: undefined };
  return { body: Buffer.concat([head, ...binary]), headBytes: head.length };
}

import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import { loadInferencePackage } from '@triptych/protocol';
import { mutate } from './mutate.js';

interface Tensor {
  name: string;
  datatype: string;
  shape: number[];
  parameters: Record<string, object>;
  contents?: Record<string, Uint8Array[]>;
}

interface Request {
  modelName: string;
  modelVersion: string;
  id: string;
  parameters: Record<string, object>;
  inputs: Tensor[];
  outputs: { name: string }[];
  rawInputContents: Uint8Array[];
}

interface Content {
  readonly audio: Uint8Array;
  readonly image: Uint8Array;
}

const methods = loadInferencePackage()['inference.GRPCInferenceService'] as unknown as Record<
  string,
  { requestSerialize(message: object): Buffer; responseDeserialize(bytes: Buffer): Answer }
>;
interface Answer {
  readonly errorMessage?: string;
  readonly rawOutputContents?: readonly Uint8Array[];
}

const SERVICE = '/inference.GRPCInferenceService/';
const datatypes = ['BYTES', 'FP32', 'INT16', 'UINT8', 'BOOL', 'FP16', 'INT64', '', 'toString', 'STRING'];
const lists = [
  'boolContents',
  'intContents',
  'int64Contents',
  'uintContents',
  'fp32Contents',
  'bytesContents',
];
/** An untouched request is asked between so many. */
const EVERY = 50;
const pass = (bytes: Buffer) => bytes;

/**
 * Requests of the Open Inference Protocol whose shapes, datatypes, counts, contents, parameters and bytes are mutated, as calls and as streams of
 * sequences. Every one must be answered, by no fault of the server's, and untouched ones among them must get their vector. Returns how
 * often each outcome came.
 */
export async function fuzzInference(
  address: string,
  content: Content,
  count: number,
  next: () => number,
): Promise<Map<string, number>> {
  const client = new Client(address, credentials.createInsecure());
  const outcomes = new Map<string, number>();
  const add = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const whole = methods['ModelInfer'].requestSerialize(texts());
  const expected = await vector(client, whole);
  for (let done = 0; done < count;) {
    if (done % EVERY === 0 && !(await vector(client, whole)).equals(expected))
      throw new TriptychError('INTERNAL', 'an untouched request got another vector');
    const isStream = next() < 0.3;
    const requests = isStream ? sequence(content, next) : [one(content, next)];
    const at = Math.floor(next() * requests.length);
    const messages = requests.map((request, i) => {
      if (i !== at) return methods['ModelInfer'].requestSerialize(request);
      const bytes = methods['ModelInfer'].requestSerialize(disturb(request, next));
      return next() < 0.25 ? Buffer.from(mutate(bytes, next)) : bytes;
    });
    const found = isStream ? await stream(client, messages) : await call(client, messages[0]);
    for (const outcome of found) {
      // A deadline may be one that the request itself asks for.
      if (
        /^(INTERNAL|UNKNOWN|UNAVAILABLE|WORKER_LOST|NOT_READY|DEADLINE_EXCEEDED(?!: DEADLINE_PASSED))/.test(
          outcome,
        )
      )
        throw new TriptychError('INTERNAL', `request ${done} was answered with ${outcome}`);
      add(outcome.split(':')[0]);
    }
    done++;
  }
  client.close();
  return outcomes;
}

const tensor = (name: string, datatype: string, shape: number[]): Tensor => ({
  name,
  datatype,
  shape,
  parameters: {},
});

function request(model: string, input: Tensor, raw: Uint8Array): Request {
  const rest = { modelVersion: '', id: 'f', parameters: {}, outputs: [] };
  return { modelName: `demo-${model}`, inputs: [input], rawInputContents: [raw], ...rest };
}

function element(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function texts(): Request {
  const raw = ['a pizza', '☃'].map((word) => element(Buffer.from(word)));
  return request('clip-text', tensor('text', 'BYTES', [2, 1]), Buffer.concat(raw));
}

function one({ audio, image }: Content, next: () => number): Request {
  const makers = [
    texts,
    () => request('clip-image', tensor('image', 'BYTES', [1, 1]), element(image)),
    () => request('clip-image', tensor('image', 'UINT8', [1, 8, 8, 3]), Buffer.alloc(192, 90)),
    () => request('whisper-audio', tensor('audio', 'BYTES', [1, 1]), element(audio)),
    () => request('whisper-audio', tensor('audio', 'INT16', [1, 3200]), Buffer.alloc(6400, 3)),
    () => {
      const { rawInputContents, inputs, ...rest } = texts();
      const bytesContents = rawInputContents.map(() => Buffer.from('a'));
      return {
        ...rest,
        rawInputContents: [],
        inputs: [{ ...inputs[0], shape: [1], contents: { bytesContents } }],
      };
    },
  ];
  return makers[Math.floor(next() * makers.length)]();
}

function sequence({ audio }: Content, next: () => number): Request[] {
  const isFile = next() < 0.5;
  const bytes = isFile ? audio.subarray(0, 12_000) : Buffer.alloc(12_800, 5);
  const length = bytes.length / 4;
  return [0, 1, 2, 3].map((i) => {
    const part = bytes.subarray(i * length, (i + 1) * length);
    const input = isFile ? tensor('audio', 'BYTES', [1, 1]) : tensor('audio', 'INT16', [1, length / 2]);
    return {
      ...request('whisper-audio', input, isFile ? element(part) : part),
      parameters: {
        sequence_id: { int64Param: 3 },
        sequence_start: { boolParam: i === 0 },
        sequence_end: { boolParam: i === 3 },
        window_ms: { int64Param: 200 },
        context: { stringParam: 'trimmed' },
      },
    };
  });
}

/** A few changes of what a request says of itself. */
function disturb(given: Request, next: () => number): Request {
  const changed = structuredClone(given);
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)];
  const number = () => pick([0, 1, -1, 2, 3, 255, 2 ** 16, 2 ** 31, 2 ** 53, -(2 ** 62), below(100)]);
  const value = () =>
    pick<object>([
      {},
      { boolParam: true },
      { int64Param: number() },
      { stringParam: pick(['', 'none', 'x']) },
      { doubleParam: NaN },
    ]);
  for (let left = 1 + below(3); left > 0; left--) {
    const [input] = changed.inputs;
    const change = below(12);
    if (change === 0)
      changed.modelName = pick(['', 'demo-clip', 'demo-clip-audio', '%', 'x'.repeat(5000), 'demo-clip-text']);
    else if (change === 1) changed.modelVersion = pick(['1', '2', '-1', 'x']);
    else if (change === 2)
      changed.parameters[
        pick([
          'pooling',
          'dimensions',
          'sequence_id',
          'sequence_start',
          'sequence_end',
          'timeout',
          'window_ms',
          'hop_ms',
          'sample_rate',
          'encoding',
          'flush',
          '__proto__',
          'other',
        ])
      ] = value();
    else if (change === 3) changed.rawInputContents.push(pick([Buffer.alloc(0), Buffer.alloc(9)]));
    else if (change === 4) changed.rawInputContents.pop();
    else if (change === 5)
      changed.outputs.push({ name: pick(['embedding', 'error', 'span', 'space', '', 'x']) });
    else if (change === 6)
      changed.inputs.push(tensor(pick(['text', 'audio', 'other']), pick(datatypes), [number()]));
    else if (input && change === 7) input.shape[below(input.shape.length + 1)] = number();
    else if (input && change === 8) input.datatype = pick(datatypes);
    else if (input && change === 9) input.name = pick(['', 'text', 'image', 'audio', 'x']);
    else if (input && change === 10)
      input.contents = {
        [pick(lists)]: Array.from({ length: below(3) }, () => Buffer.alloc(below(300), 130)),
      };
    else if (changed.rawInputContents[0]) {
      const raw = Buffer.from(changed.rawInputContents[0]);
      if (raw.length >= 4)
        raw.writeUInt32LE(pick([0, 1, 2 ** 31, 2 ** 32 - 1, raw.length, raw.length - 4]), 0);
      changed.rawInputContents[0] = raw;
    }
  }
  return changed;
}

async function vector(client: Client, message: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(`${SERVICE}ModelInfer`, pass, pass, message, {}, (error, bytes) => {
      if (error || !bytes) return reject(error ?? new TriptychError('INTERNAL', 'no answer'));
      const [raw] = methods['ModelInfer'].responseDeserialize(bytes).rawOutputContents ?? [];
      resolve(Buffer.from(raw));
    });
  });
}

const outcomeOf = (error: ServiceError | null) => (error ? `${status[error.code]}: ${error.details}` : 'OK');
const options = () => ({ deadline: Date.now() + 20_000 });

function call(client: Client, message: Buffer): Promise<string[]> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(`${SERVICE}ModelInfer`, pass, pass, message, options(), (error) =>
      resolve([outcomeOf(error)]),
    );
  });
}

/** What came of each request that was answered, and of the stream. */
function stream(client: Client, messages: readonly Buffer[]): Promise<string[]> {
  return new Promise((resolve) => {
    const over = client.makeBidiStreamRequest(`${SERVICE}ModelStreamInfer`, pass, pass, options());
    const outcomes: string[] = [];
    over.on('data', (bytes: Buffer) => {
      const { errorMessage } = methods['ModelStreamInfer'].responseDeserialize(bytes);
      outcomes.push(errorMessage ? `${errorMessage.split(':')[0]} on a stream` : 'an answer on a stream');
    });
    over.on('error', (error: ServiceError) => resolve([...outcomes, `${outcomeOf(error)}`]));
    over.on('end', () => resolve([...outcomes, 'OK']));
    for (const message of messages) over.write(message);
    over.end();
  });
}

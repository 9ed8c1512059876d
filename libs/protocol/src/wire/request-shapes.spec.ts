import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadInferencePackage, loadWirePackage } from '../load.js';
import { requestRules } from './request-shapes.js';

const limits = {
  'EncodeAudioRequest.clips': 3,
  'EncodeImagesRequest.images': 3,
  'ImageBatch.images': 3,
  'EncodeTextsRequest.texts': 3,
  'SimilarityRequest.queries': 3,
  'SimilarityRequest.candidates': 3,
  'RankRequest.queries': 3,
  'RankRequest.candidates': 3,
  'RankFusion.sources': 3,
  'RankSource.queries': 3,
  'FuseRequest.items': 3,
  'MatchRequest.pairs': 3,
  'CaptionRequest.images': 3,
  'ClassifyRequest.items': 3,
  'ClassifyRequest.labels': 3,
  'Embedding.shape': 4,
  'LoadModelRequest.aliases': 3,
};
const rules = requestRules(limits);

interface Method {
  readonly path: string;
  requestSerialize(message: object): Buffer;
  requestDeserialize(bytes: Buffer): unknown;
}
const api = loadWirePackage('server');
const method = (service: string, name: string) =>
  (api[`triptych.v1.${service}`] as unknown as Record<string, Method>)[name];
const check = ({ path }: { path: string }, bytes: Uint8Array) => rules.get(path)!.shape.check(bytes);
const encode = method('AudioEncoder', 'Encode');
const rank = method('CrossModal', 'Rank');
/** A field of this number, of length 0, so many times. */
const empties = (field: number, count: number) =>
  Buffer.alloc(2 * count).map((_, i) => (i % 2 ? 0 : (field << 3) | 2));
/** A block of bytes in a field. */
const block = (field: number, bytes: Uint8Array) =>
  Buffer.concat([Buffer.from([(field << 3) | 2, bytes.length]), bytes]);

describe('the shape of a request', () => {
  it('is known of every method, and says which carry content', () => {
    const content = [...rules].map(([path, rule]) => [path.replace('/triptych.v1.', ''), rule.hasContent]);
    expect(Object.fromEntries(content)).toEqual({
      'AudioEncoder/Encode': true,
      'AudioEncoder/EncodeStream': true,
      'ImageEncoder/Encode': true,
      'ImageEncoder/EncodeStream': true,
      'TextEncoder/Encode': true,
      'CrossModal/Similarity': true,
      'CrossModal/Rank': true,
      'CrossModal/Classify': true,
      'CrossModal/Fuse': true,
      'CrossModal/Match': true,
      'Captioner/Caption': true,
      'Transcriber/Transcribe': true,
      'Transcriber/TranscribeStream': true,
      'Models/List': false,
      'Models/Get': false,
      'Models/Load': false,
      'Models/Unload': false,
      'Models/Reload': false,
    });
  });

  it('asks for a limit of each repeated field', () => {
    const { 'ImageBatch.images': _, ...others } = limits;
    expect(() => requestRules(others)).toThrow(/ImageBatch\.images is repeated/);
  });

  it('lets in what lies within the limits, at them too', () => {
    const format = { encoding: 1, sampleRateHz: 16_000 };
    const clips = Array(3).fill({ id: 'a', format, data: Buffer.alloc(300) });
    check(encode, encode.requestSerialize({ model: 'm', clips, options: { normalize: false } }));
    const embedding = { values: Buffer.alloc(8), shape: [1, 2, 3, 4] };
    check(
      rank,
      rank.requestSerialize({ queries: [{ embedding }], candidates: [{ text: Buffer.from('a') }], topK: 3 }),
    );
    check(method('Models', 'List'), Buffer.alloc(0));
  });

  it.each([
    ['clips', encode, empties(2, 4), 'clips'],
    ['images of a batch', method('ImageEncoder', 'EncodeStream'), block(2, empties(2, 4)), 'batch.images'],
    ['texts', method('TextEncoder', 'Encode'), empties(2, 8_000_000), 'texts'],
    ['labels', method('CrossModal', 'Classify'), empties(3, 4), 'labels'],
    [
      'numbers, one by one',
      rank,
      block(2, block(5, Buffer.from(Array(5).fill([0x18, 1]).flat() as number[]))),
      'queries[0].embedding.shape',
    ],
    [
      'numbers together',
      rank,
      Buffer.concat([empties(3, 2), block(3, block(5, block(3, Buffer.alloc(5))))]),
      'candidates[2].embedding.shape',
    ],
  ])('counts %s before anything is made of them', (_what, of, bytes, field) => {
    const limit = field.endsWith('shape') ? 4 : 3;
    expect(() => check(of, bytes)).toThrow(
      expect.objectContaining({
        reason: 'BATCH_TOO_LARGE',
        field,
        message: `more than ${limit} ${field} in one call; expected at most ${limit}`,
      }),
    );
  });

  it.each([
    [encode, 'clips[1].id', (id: string) => ({ clips: [{}, { id }] })],
    [rank, 'queries[0].id', (id: string) => ({ queries: [{ id }] })],
    [rank, 'candidates[0].image.id', (id: string) => ({ candidates: [{ image: { id } }] })],
    [
      method('ImageEncoder', 'EncodeStream'),
      'batch.images[0].id',
      (id: string) => ({ batch: { images: [{ id }] } }),
    ],
  ])('has ids of a kilobyte at most: %# %s', (of, field, message) => {
    const written = (id: string) => of.requestSerialize(message(id));
    expect(() => check(of, written('x'.repeat(1024)))).not.toThrow();
    expect(() => check(of, written('x'.repeat(1025)))).toThrow(
      expect.objectContaining({ reason: 'ID_TOO_LONG', field }),
    );
  });

  it.each([
    ['fields that nobody knows', method('Models', 'List'), empties(9, 1_000_000), /more than \d+ fields/],
    ['one field over and over', encode, empties(4, 1_000_000), /more than \d+ fields/],
    [
      'floats one by one',
      rank,
      block(2, block(5, Buffer.from([0x0d, 0, 0, 0, 0]))),
      /queries\[0\].embedding.values has wire type 5/,
    ],
    ['a field of another type', encode, Buffer.from([0x10, 1]), /clips has wire type 0; expected 2/],
    ['groups', encode, Buffer.alloc(100, 0x4b), /field 9 is a group/],
    ['a block that is cut short', encode, Buffer.from([0x12, 5, 0]), /5 bytes are announced, 1 are there/],
    ['a clip that reaches beyond', encode, Buffer.from([0x12, 2, 0x1a, 9, 0x22, 0]), /9 bytes are announced/],
    ['a tag of 64 bits', encode, Buffer.alloc(9, 0xff), /too large/],
    [
      'a number that does not end',
      encode,
      Buffer.concat([Buffer.from([0x18]), Buffer.alloc(11, 0x80)]),
      /too long/,
    ],
  ])('refuses %s', (_what, of, bytes, message) => {
    expect(() => check(of, bytes)).toThrow(
      expect.objectContaining({
        reason: 'MESSAGE_MALFORMED',
        message: expect.stringMatching(message) as string,
      }),
    );
  });

  it('passes nothing that the parser reads otherwise', () => {
    const valid = rank.requestSerialize({
      model: 'm',
      queries: [
        { id: 'q', text: Buffer.from('words') },
        { image: { raw: { width: 2, height: 1, data: Buffer.alloc(6) } } },
      ],
      candidates: [
        { embedding: { values: Buffer.alloc(8), shape: [2] }, space: 's' },
        { audio: { format: { channels: 1 } } },
      ],
      topK: 1,
    });
    const flips = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(flips, (changes) => {
        const bytes = Buffer.from(valid);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          check(rank, bytes);
        } catch {
          return;
        }
        const read = rank.requestDeserialize(bytes) as Record<'queries' | 'candidates', unknown[]>;
        expect(Math.max(read.queries.length, read.candidates.length)).toBeLessThanOrEqual(3);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('the shape of a request of the Open Inference Protocol', () => {
  const inference = requestRules(
    {
      'ModelInferRequest.parameters': 2,
      'ModelInferRequest.inputs': 2,
      'ModelInferRequest.outputs': 2,
      'ModelInferRequest.rawInputContents': 2,
      'InferInputTensor.shape': 4,
      'InferInputTensor.parameters': 2,
      'InferRequestedOutputTensor.parameters': 2,
      'InferTensorContents.boolContents': 2,
      'InferTensorContents.intContents': 2,
      'InferTensorContents.int64Contents': 2,
      'InferTensorContents.uintContents': 2,
      'InferTensorContents.uint64Contents': 2,
      'InferTensorContents.fp32Contents': 2,
      'InferTensorContents.fp64Contents': 2,
      'InferTensorContents.bytesContents': 3,
      'RepositoryModelLoadRequest.parameters': 2,
      'RepositoryModelUnloadRequest.parameters': 2,
    },
    'inference',
  );
  const package_ = loadInferencePackage()['inference.GRPCInferenceService'] as unknown as Record<
    string,
    Method
  >;
  const infer = package_['ModelInfer'];
  const checkInfer = (message: object) =>
    inference.get(infer.path)!.shape.check(infer.requestSerialize(message));

  it('counts the entries of a map, and looks into them', () => {
    const parameters = { a: { int64Param: 1 }, b: { stringParam: 'x' } };
    checkInfer({ modelName: 'm', parameters, inputs: [{ name: 'x', shape: [1, 2], parameters }] });
    expect(() => checkInfer({ parameters: { ...parameters, c: { boolParam: true } } })).toThrow(/parameters/);
    // A value that is a number where a message is expected.
    const bytes = block(4, Buffer.concat([block(1, Buffer.from('a')), Buffer.of(0x10, 1)]));
    expect(() => inference.get(infer.path)!.shape.check(bytes)).toThrow(/value has wire type 0/);
  });

  it('counts runs of packed numbers, and elements of bytes', () => {
    const contents = { fp32Contents: [Buffer.alloc(400), Buffer.alloc(4)], bytesContents: [Buffer.alloc(1)] };
    checkInfer({ inputs: [{ contents }] });
    const many = { bytesContents: Array<Buffer>(4).fill(Buffer.alloc(0)) };
    expect(() => checkInfer({ inputs: [{ contents: many }] })).toThrow(/bytesContents/);
  });
});

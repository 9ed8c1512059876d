import assert from 'node:assert/strict';
import { listWeights, loadTensor, openModelDirectory, writeModel } from '@triptych/weight-loader';

const names = { renames: [], keeps: /^encoder\./ };
const layout = { name: 'whisper-encoder', names, files: { required: [], optional: [] } };
const whisper = await openModelDirectory('data/whisper', () => layout);
const loaded = await whisper.load();
assert.equal((await whisper.identify([loaded])).fingerprint, whisper.metadata.fingerprint);
const data = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
const { metadata } = whisper;
for (const compression of ['none', 'zstd']) {
  const tensors = [{ name: 'encoder.w', shape: [3], dtype: 'float32', data }];
  await writeModel({
    target: compression,
    metadata,
    preprocessor: undefined,
    description: {},
    tensors,
    compression,
  });
  assert.equal((await listWeights(`${compression}/weights.parquet`)).tensors.length, 1);
  assert.deepEqual([...(await loadTensor(`${compression}/weights.parquet`, 'encoder.w')).values], [1, 2, 3]);
}

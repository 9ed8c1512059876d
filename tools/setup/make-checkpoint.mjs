// Makes a HuggingFace checkpoint of a model directory, as the hub has them:
//   node tools/setup/make-checkpoint.mjs MODEL_DIR CHECKPOINT_DIR
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeSafetensors, inspect, loadTensor } from '@triptych/weight-loader';

const [source, target] = process.argv.slice(2);
const { config } = JSON.parse(await readFile(join(source, 'metadata.json'), 'utf8'));
const { tensors, weights } = await inspect(source);
const values = [];
for (const { name, shape } of tensors)
  values.push({ name, shape, values: (await loadTensor(weights, name)).values });
await mkdir(target);
await writeFile(join(target, 'config.json'), JSON.stringify(config));
await writeFile(join(target, 'model.safetensors'), encodeSafetensors(values));
for (const name of [
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'vocab.json',
  'merges.txt',
])
  await copyFile(join(source, name), join(target, name)).catch(() => undefined);

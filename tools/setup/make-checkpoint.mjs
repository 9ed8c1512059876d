// Makes a HuggingFace checkpoint of a model directory, as the hub has them:
//   node tools/setup/make-checkpoint.mjs MODEL_DIR CHECKPOINT_DIR
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inspectModel } from '@triptych/model-families';
import { encodeSafetensors, loadTensor } from '@triptych/weight-loader';

const [source, target] = process.argv.slice(2);
const { config } = JSON.parse(await readFile(join(source, 'metadata.json'), 'utf8'));
const { tensors, weights, files, decoder } = await inspectModel(source);
const decoding = new Set(decoder?.tensors.map(({ name }) => name));
const values = [];
for (const { name, shape } of tensors)
  values.push({
    name,
    shape,
    values: (await loadTensor(decoding.has(name) ? decoder.weights : weights, name)).values,
  });
await mkdir(target);
await writeFile(join(target, 'config.json'), JSON.stringify(config));
await writeFile(join(target, 'model.safetensors'), encodeSafetensors(values));
for (const [name, text] of Object.entries({ ...files, ...decoder?.files })) {
  await mkdir(dirname(join(target, name)), { recursive: true });
  await writeFile(join(target, name), text);
}
await copyFile(join(source, 'preprocessor_config.json'), join(target, 'preprocessor_config.json')).catch(
  () => undefined,
);

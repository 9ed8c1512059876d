import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectModel } from '@triptych/model-families';
import { encodeSafetensors, loadTensor } from '@triptych/weight-loader';
import { demoModels } from '../paths.js';

/** The demo's Whisper as a HuggingFace checkpoint: files by name. */
export async function demoCheckpoint(scale = 1): Promise<Record<string, Uint8Array>> {
  const [directory] = demoModels;
  const text = await readFile(join(directory, 'metadata.json'), 'utf8');
  const { config } = JSON.parse(text) as { config: object };
  const { tensors, weights, decoder } = await inspectModel(directory);
  const decoding = new Set(decoder?.tensors.map(({ name }) => name));
  const values = await Promise.all(
    tensors.map(async ({ name, shape }) => {
      const loaded = await loadTensor(decoder && decoding.has(name) ? decoder.weights : weights, name);
      return { name, shape, values: loaded.values.map((value) => scale * value) };
    }),
  );
  return {
    'config.json': Buffer.from(JSON.stringify(config)),
    'preprocessor_config.json': await readFile(join(directory, 'preprocessor_config.json')),
    'model.safetensors': encodeSafetensors(values),
    ...Object.fromEntries(
      Object.entries(decoder?.files ?? {}).map(([name, text]) => [name, Buffer.from(text)]),
    ),
  };
}

/** Writes it into a folder. */
export async function writeDemoCheckpoint(folder: string, scale = 1): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(await demoCheckpoint(scale)))
    await writeFile(join(folder, name), content);
}

// Uses @triptych/client as a program of its own does: ADDRESS EXAMPLES RESTART. Prints a JSON line for each vector.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AudioEncoding, CallError, type Embeddings, readEmbedding, TriptychClient } from '@triptych/client';

const [address = '', examples = '', restart = ''] = process.argv.slice(2);

function check(condition: boolean, what: string): void {
  if (!condition) throw new TypeError(what);
}

function print(kind: string, values: Float32Array | undefined): void {
  check(values !== undefined, `${kind}: no vector`);
  console.log(JSON.stringify({ kind, embedding: [...(values ?? [])] }));
}

/** More than one call takes. */
async function texts(client: TriptychClient): Promise<void> {
  let seen = 0;
  const many = Array.from({ length: 600 }, (_, i) => (i === 599 ? 'a sailboat' : `text ${i}`));
  const { items, stamp }: Embeddings = await client.embedTexts(many, {
    onProgress: ({ done }) => (seen = done),
  });
  check(
    items.length === 600 && seen === 600 && stamp !== undefined,
    `${items.length} of 600 texts, ${seen} seen`,
  );
  for (const numbers of ['float16', 'int8'] as const) {
    const rounded = await client.embedTexts(['a sailboat'], { numbers });
    const [a, b] = [items[599].values!, rounded.items[0].values!];
    const cosine = a.reduce((sum, value, i) => sum + value * b[i], 0);
    check(cosine > 0.999, `${numbers}: a cosine of ${cosine}`);
  }
  print('text', items[599].values);
}

async function images(client: TriptychClient): Promise<void> {
  let found = 0;
  for await (const { path, kind, values } of client.embedFolder(join(examples, 'images'), {
    batchItems: 5,
  })) {
    check(kind === 'image', `${path} is ${kind}`);
    found++;
    if (path === 'pizza.png') print('image', values);
  }
  check(found === 12, `${found} of 12 images`);
  const { items } = await client.embedImages([Buffer.from('not an image')]);
  check(items[0].error?.reason === 'IMAGE_FORMAT_UNKNOWN', `a bad image is ${items[0].error?.reason}`);
}

async function clips(client: TriptychClient, wav: Uint8Array): Promise<void> {
  const bytes = wav.slice(44);
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const { items } = await client.embedAudio([wav, { samples, sampleRateHz: 16_000 }]);
  check(
    Buffer.from(items[0].values!.buffer).equals(Buffer.from(items[1].values!.buffer)),
    'samples differ from their file',
  );
  print('audio', items[0].values);
}

/** Streams while the server is killed and another one takes its place. */
async function stream(client: TriptychClient, wav: Uint8Array): Promise<void> {
  const format = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: 16_000, channels: 1 };
  const live = client.resumingAudio({ format, windowMs: 500 });
  const half = 44 + 2 * 12_000;
  await live.send(wav.subarray(44, half));
  let windows = 0;
  for await (const { window, summary } of live) {
    if (summary) check(summary.windows === windows, `${summary.windows} windows of ${windows}`);
    if (!window) continue;
    check(window.index === windows, `window ${window.index} after ${windows}`);
    if (windows++ === 0) {
      await new Promise<void>((resolve, reject) =>
        execFile(restart, (error) => (error ? reject(error) : resolve())),
      );
      await live.send(wav.subarray(half));
      live.finish();
    }
    print('window', window.embedding ? readEmbedding(window.embedding).values : undefined);
  }
}

async function main(): Promise<void> {
  const client = new TriptychClient(address);
  const wav = await readFile(join(examples, 'speech', 'pizza-a.wav'));
  await texts(client);
  await images(client);
  await clips(client, wav);
  await stream(client, wav);
  await client.embedTexts(['x'], { model: 'none' }).then(
    () => check(false, 'a model that is not served encodes'),
    (error: unknown) =>
      check(error instanceof CallError && error.details?.reason === 'MODEL_NOT_FOUND', String(error)),
  );
  client.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

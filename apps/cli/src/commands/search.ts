import { rankVectors } from '@triptych/clip-engine';
import { messageOf, TriptychError } from '@triptych/core';
import { Command } from 'commander';
import { addConnectionOptions, connect, type Connection, type ServerOptions } from '../encode/connection.js';
import { encodeImages } from '../encode/encode-images.js';
import { findMedia } from '../encode/media.js';
import { complain, ProgressBar } from '../output/progress-bar.js';
import { positiveInteger } from '../output/numbers.js';
import { encodeQuery, readQuery } from '../search/query.js';
import { CACHE_FILE, VectorCache } from '../search/vector-cache.js';
import { addServerOptions } from '../server-options.js';
import { stopSignal } from '../process/stop-signal.js';

interface Options extends ServerOptions {
  readonly top: number;
  readonly cache: boolean;
  readonly json?: boolean;
}

const help = `
QUERY is words, or the path of a picture or of a recording. Vectors are kept in FOLDER/${CACHE_FILE}: the next search
encodes only what is new or has changed. Scores are cosines.

Examples:
  triptych search "a sailboat" photos/
  triptych search spoken-question.wav photos/ --top 3        with an audio model in the same space, as the demo's
  triptych search one-like-this.jpg photos/ --json`;

/** `triptych search` */
export function searchCommand(): Command {
  const command = new Command('search')
    .description('find the images of a folder that fit words, a picture or a spoken query')
    .argument('<query>', 'words, or a file')
    .argument('<folder>', 'folder of images')
    .option('--top <n>', 'how many are shown', positiveInteger, 10)
    .option('--no-cache', 'neither read nor write the cache')
    .option('--json', 'print the results as JSON')
    .addHelpText('after', help);
  return addServerOptions(addConnectionOptions(command), ['models', 'threads']).action(
    async (query: string, folder: string, options: Options) => {
      const paths = await findMedia([folder], ['image']);
      const item = await readQuery(query);
      const connection = await connect(command, options);
      try {
        const { vector, space } = await encodeQuery(connection.client, item);
        const vectors = await folderVectors(connection, folder, paths, options.cache, space);
        const found = [...vectors.keys()];
        const results = rankVectors(vector, [...vectors.values()], options.top).map(({ index, score }) => ({
          path: found[index],
          score,
        }));
        process.stdout.write(
          options.json
            ? `${JSON.stringify({ query, space, images: vectors.size, results })}\n`
            : table(results),
        );
        if (vectors.size < paths.length) process.exitCode = 1;
      } finally {
        await connection.close();
      }
    },
  );
}

/** The vector of each image, from the cache or the server. Throws SPACE_MISMATCH where the query lies elsewhere. */
async function folderVectors(
  { client }: Connection,
  folder: string,
  paths: readonly string[],
  useCache: boolean,
  space: string,
): Promise<Map<string, Float32Array>> {
  const model = (await client.listModels()).find(({ encoders }) =>
    encoders.some((e) => e.image && e.isDefault),
  );
  const encoder = model?.encoders.find((e) => e.image);
  if (!model || encoder?.space !== space) {
    throw new TriptychError(
      'SPACE_MISMATCH',
      `the query lies in space ${JSON.stringify(space)}, images in ${JSON.stringify(encoder?.space ?? 'none')}`,
    );
  }
  const cache = useCache
    ? await VectorCache.open(folder, { fingerprint: model.fingerprint, space })
    : undefined;
  const vectors = new Map<string, Float32Array>();
  const missing: string[] = [];
  for (const path of paths) {
    const vector = await cache?.get(path);
    if (vector) vectors.set(path, vector);
    else missing.push(path);
  }
  if (missing.length === 0) return vectors;
  const bar = new ProgressBar(missing.length);
  let isStopped = false;
  void stopSignal().then(() => (isStopped = true));
  try {
    for await (const { source, values } of encodeImages(client, missing, { options: { encoding: 2 } }, bar)) {
      vectors.set(source, values);
      await cache?.set(source, values);
      if (isStopped)
        throw new TriptychError('CANCELLED', 'stopped; what was encoded is kept for the next search');
    }
  } finally {
    bar.stop();
    // What was encoded before Ctrl-C or a failure need not be encoded again.
    await cache?.save(paths).catch((thrown: unknown) => complain(`no cache: ${messageOf(thrown)}`));
  }
  return vectors;
}

function table(results: readonly { readonly path: string; readonly score: number }[]): string {
  return results
    .map(({ path, score }, i) => `${String(i + 1).padStart(4)}  ${score.toFixed(4).padStart(7)}  ${path}\n`)
    .join('');
}

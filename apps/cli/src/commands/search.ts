import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TriptychError } from '@triptych/core';
import { parseModelSource, throwProblems } from '@triptych/server/config';
import { Command } from 'commander';
import { addConnectionOptions, connect, type ServerOptions } from '../encode/connection.js';
import { findMedia } from '../encode/media.js';
import { positiveInteger } from '../output/numbers.js';
import { isWords } from '../search/is-words.js';
import type { Found } from '../search/rank.js';
import { askedTogether } from '../search/together.js';
import { CACHE_FILE } from '../search/vector-cache.js';
import { addServerOptions, modelsOf, readServerConfig } from '../server-options.js';

interface Options extends ServerOptions {
  readonly with: readonly string[];
  readonly weights?: string;
  readonly rule?: string;
  readonly top: number;
  readonly cache: boolean;
  readonly json?: boolean;
}

const help = `
QUERY is words, or the path of a picture or of a recording. Vectors are kept in FOLDER/${CACHE_FILE}: the next search
encodes only what is new or has changed. Scores are cosines; of several queries they are fused (docs/fusion.md).

Examples:
  triptych search "a sailboat" photos/
  triptych search spoken-question.wav photos/ --top 3        with an audio model in the same space, as the demo's
  triptych search one-like-this.jpg photos/ --json
  triptych search one-like-this.jpg photos/ --with "at night" --weights 1,2`;

/** `triptych search` */
export function searchCommand(): Command {
  const command = new Command('search')
    .description('find the images of a folder that fit words, a picture or a spoken query')
    .argument('<query>', 'words, or a file')
    .argument('<folder>', 'folder of images')
    .option('--with <query>', 'another query that asks together with the first; may be repeated', another, [])
    .option('--weights <list>', 'how much each query counts, as 2,1 (default: all alike)')
    .option('--rule <rule>', 'how they become one: z-score, min-max, mean-cosine or reciprocal-rank')
    .option('--top <n>', 'how many are shown', positiveInteger, 10)
    .option('--no-cache', 'neither read nor write the cache')
    .option('--json', 'print the results as JSON')
    .addHelpText('after', help);
  return addServerOptions(addConnectionOptions(command), ['models', 'threads']).action(
    async (query: string, folder: string, options: Options) => {
      const queries = [query, ...options.with];
      if (queries.some((one) => one.trim() === ''))
        throw new TriptychError('CONFIG_INVALID', 'the query is empty; expected words or a file');
      const together = askedTogether(queries.length, options);
      const paths = await findMedia([folder], ['image']);
      const found = await findVectors(command, queries, folder, paths, options);
      const { rankFound } = await import('../search/rank.js');
      const known = [...found.vectors.keys()];
      const results = rankFound(found, together, options.top).map(({ index, score }) => ({
        path: known[index],
        score,
      }));
      const { space, vectors } = found;
      const images = vectors.size;
      const several = queries.length > 1 ? { with: options.with, ...together } : {};
      const json = () => `${JSON.stringify({ query, ...several, space, images, results })}\n`;
      process.stdout.write(options.json ? json() : table(results));
      if (images < paths.length) process.exitCode = 1;
    },
  );
}

/** From the cache alone where that is enough; else by a server, which is loaded only then. */
async function findVectors(
  command: Command,
  queries: readonly string[],
  folder: string,
  paths: readonly string[],
  options: Options,
): Promise<Found> {
  const [query] = queries;
  if (options.server === undefined && options.cache && queries.length === 1 && isWords(query)) {
    const { config, problems } = readServerConfig(command);
    throwProblems(problems);
    const directories = modelsOf(config).map((source) => parseModelSource(source).directory);
    const areModels = directories.every((directory) => existsSync(join(directory, 'metadata.json')));
    const { searchCached } = await import('../search/cached.js');
    const found = areModels && (await searchCached(directories, config.threads, query, folder, paths));
    if (found) return found;
  }
  const connection = await connect(command, options);
  try {
    const { searchByServer } = await import('../search/images.js');
    return await searchByServer(connection.client, queries, folder, paths, options.cache);
  } finally {
    await connection.close();
  }
}

function another(query: string, others: readonly string[]): string[] {
  return [...others, query];
}

function table(results: readonly { readonly path: string; readonly score: number }[]): string {
  return results
    .map(({ path, score }, i) => `${String(i + 1).padStart(4)}  ${score.toFixed(4).padStart(7)}  ${path}\n`)
    .join('');
}

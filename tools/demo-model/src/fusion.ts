import { parseArgs } from 'node:util';
import {
  DEFAULT_RANK_CONSTANT,
  fuseScores,
  fuseVectors,
  rankFusionRules,
  toMatrix,
  type VectorFusionRule,
  vectorFusionRules,
} from '@triptych/clip-engine';
import type { TriptychClient } from '@triptych/client';
import { type Dataset, readDataset } from './dataset.js';
import { encodePictures, encodeSpeech, encodeWords } from './encode.js';
import { type Found, found, scoresOf } from './found.js';
import { withServer } from './serve-demo.js';

const help = `What fusion brings, by each rule, beside what its parts find alone: queries of words, a picture and speech together, and
documents that have words and a picture. Prints tables in Markdown.

  node tools/demo-model/dist/fusion.js DATA [--models FOLDER]

DATA is a folder with what render-pictures.mjs and speak.py made: see README.md. FOLDER holds other versions of the
models, whisper and clip, as triptych quantize makes them.
`;

/** Vectors of each concept: its words, its speech by a voice that was held out, its pictures; training saw no Fluent 3D. */
type Kind = 'words' | 'speech' | 'noto' | 'fluent-3d';
type Vectors = Readonly<Record<Kind, readonly Float32Array[]>>;

interface Search {
  /** What is fused: what is searched with, or what is searched in. */
  readonly fused: 'queries' | 'documents';
  readonly parts: readonly Kind[];
  /** The other side. */
  readonly against: Kind;
}

const SEARCHES: readonly Search[] = [
  { fused: 'queries', parts: ['words', 'fluent-3d', 'speech'], against: 'noto' },
  { fused: 'queries', parts: ['words', 'noto', 'speech'], against: 'fluent-3d' },
  { fused: 'queries', parts: ['fluent-3d', 'speech'], against: 'words' },
  { fused: 'documents', parts: ['words', 'noto'], against: 'speech' },
  { fused: 'documents', parts: ['words', 'noto'], against: 'fluent-3d' },
];

const { values, positionals } = parseArgs({
  options: { models: { type: 'string' }, help: { type: 'boolean' } },
  allowPositionals: true,
});
if (values.help || positionals.length !== 1) process.stdout.write(help);
else {
  const dataset = await readDataset(positionals[0]);
  const vectors = await withServer(values.models, (client) => encode(client, dataset));
  for (const search of SEARCHES) process.stdout.write(report(search, vectors));
}

/** Of every concept that has all of them. */
async function encode(client: TriptychClient, { labels, picture, heldOut }: Dataset): Promise<Vectors> {
  const spoken = new Map(heldOut.map(({ concept, pcm }) => [concept, pcm]));
  const concepts = labels.flatMap((label, concept) => {
    const [noto, fluent, pcm] = [
      picture(concept, 'noto'),
      picture(concept, 'fluent-3d'),
      spoken.get(concept),
    ];
    return noto && fluent && pcm ? [{ words: `a picture of ${label}`, noto, fluent, pcm }] : [];
  });
  const all = <T>(of: (concept: (typeof concepts)[number]) => T) => concepts.map(of);
  return {
    words: await encodeWords(
      client,
      all(({ words }) => words),
    ),
    speech: await encodeSpeech(
      client,
      all(({ pcm }) => pcm),
    ),
    noto: await encodePictures(
      client,
      all(({ noto }) => noto),
    ),
    'fluent-3d': await encodePictures(
      client,
      all(({ fluent }) => fluent),
    ),
  };
}

/** A table of one search: each part alone, and each combination by each rule. */
function report({ fused, parts, against }: Search, vectors: Vectors): string {
  const others = vectors[against];
  const scores = (own: readonly Float32Array[]) =>
    fused === 'queries'
      ? own.map((query) => scoresOf(query, others))
      : others.map((query) => scoresOf(query, own));
  const alone = new Map(parts.map((part) => [part, scores(vectors[part])]));
  const rows = parts.map((part) =>
    row(
      [part],
      'alone',
      found(lists([alone.get(part)!]), ([list]) => list),
    ),
  );
  for (const together of combinationsOf(parts)) {
    for (const rule of vectorFusionRules) {
      const made = others.map((_, concept) =>
        fuse(
          together.map((part) => vectors[part][concept]),
          rule,
        ),
      );
      rows.push(
        row(
          together,
          `vectors: ${rule}`,
          found(lists([scores(made)]), ([list]) => list),
        ),
      );
    }
    const ofParts = lists(together.map((part) => alone.get(part)!));
    for (const rule of rankFusionRules) {
      const fusion = { rule, rankConstant: DEFAULT_RANK_CONSTANT };
      const combine = (all: readonly Float32Array[]) =>
        fuseScores(
          all.map((list) => ({ scores: list, weight: 1 })),
          fusion,
        );
      rows.push(row(together, `rankings: ${rule}`, found(ofParts, combine)));
    }
  }
  const title =
    fused === 'queries'
      ? `Queries of ${parts.join(', ')}; documents of ${against}`
      : `Documents of ${parts.join(', ')}; queries of ${against}`;
  const head =
    '| parts | rule | @1 | @5 | @10 | MRR | MRR of 20 |\n| --- | --- | --- | --- | --- | --- | --- |';
  return `\n### ${title} (${others.length} concepts)\n\n${head}\n${rows.join('')}`;
}

/** Of each query, its scores by each of the parts. */
function lists(parts: readonly (readonly Float32Array[])[]): Float32Array[][] {
  return parts[0].map((_, query) => parts.map((part) => part[query]));
}

/** Every two or more of some parts, the fewest first. */
function combinationsOf(parts: readonly Kind[]): Kind[][] {
  const all = Array.from({ length: 1 << parts.length }, (_, bits) => parts.filter((_, i) => bits & (1 << i)));
  return all.filter(({ length }) => length > 1).sort((a, b) => a.length - b.length);
}

function fuse(vectors: readonly Float32Array[], rule: VectorFusionRule): Float32Array {
  const weights = vectors.map(() => 1);
  return fuseVectors(toMatrix(vectors, vectors[0].length), weights, rule).values;
}

function row(parts: readonly Kind[], rule: string, { top, reciprocal, reciprocalOfFew }: Found): string {
  const shares = [...top, reciprocal, reciprocalOfFew].map((share) => share.toFixed(3));
  return `| ${parts.join(' + ')} | ${rule} | ${shares.join(' | ')} |\n`;
}

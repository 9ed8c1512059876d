import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { TriptychClient } from '@triptych/client';
import { readDataset } from './dataset.js';
import { encodePictures, encodeSpeech, encodeWords } from './encode.js';
import { type Recall, recall } from './retrieval.js';
import { models, withServer } from './serve-demo.js';

const help = `Retrieval among all concepts, by vectors of the server, beside the figures of models/demo/scores.json.

  node tools/demo-model/dist/score.js DATA [--models FOLDER] [--json]

DATA is a folder with what render-pictures.mjs and speak.py made: see README.md. FOLDER holds other versions of the
models, whisper and clip, as triptych quantize makes them.
`;

const { values, positionals } = parseArgs({
  options: { models: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  allowPositionals: true,
});
if (values.help || positionals.length !== 1) process.stdout.write(help);
else await main(positionals[0], values.models, values.json ?? false);

async function main(directory: string, folder: string | undefined, json: boolean): Promise<void> {
  const scores = await withServer(folder, (client) => score(client, directory));
  if (json) process.stdout.write(`${JSON.stringify(scores, null, 2)}\n`);
  else process.stdout.write(await table(scores));
}

async function score(client: TriptychClient, directory: string): Promise<Record<string, Recall>> {
  const { labels, styles, picture, heldOut } = await readDataset(directory);
  const words = await encodeWords(
    client,
    labels.map((label) => `a picture of ${label}`),
  );
  const speech = await encodeSpeech(
    client,
    heldOut.map(({ pcm }) => pcm),
  );
  const scores: Record<string, Recall> = {};
  for (const style of styles) {
    const shown = labels.flatMap((_, concept) => {
      const pixels = picture(concept, style);
      return pixels ? [{ concept, pixels }] : [];
    });
    const images = await encodePictures(
      client,
      shown.map(({ pixels }) => pixels),
    );
    const placeOf = new Map(shown.map(({ concept }, place) => [concept, place]));
    scores[`image(${style})->text`] = recall(
      shown.map(({ concept }, place) => ({ vector: images[place], answer: concept })),
      words,
    );
    scores[`text->image(${style})`] = recall(
      shown.map(({ concept }, place) => ({ vector: words[concept], answer: place })),
      images,
    );
    const spoken = heldOut.flatMap(({ concept }, i) => {
      const answer = placeOf.get(concept);
      return answer === undefined ? [] : [{ vector: speech[i], answer }];
    });
    scores[`speech->image(${style})`] = recall(spoken, images);
  }
  const spoken = heldOut.map(({ concept }, i) => ({ vector: speech[i], answer: concept }));
  scores['speech->text'] = recall(spoken, words);
  return scores;
}

/** What was measured now beside what the card says. */
async function table(scores: Readonly<Record<string, Recall>>): Promise<string> {
  const card = JSON.parse(await readFile(new URL('scores.json', models), 'utf8')) as {
    scores: Record<string, Recall>;
  };
  const row = (recalls: Recall | undefined) => (recalls ?? []).map((share) => share.toFixed(3)).join('  ');
  const lines = Object.entries(scores).map(
    ([name, found]) => `${name.padEnd(28)}${row(found)}    card  ${row(card.scores[name])}\n`,
  );
  return `${'share right at 1, 5, 10'.padEnd(28)}through the server\n${lines.join('')}`;
}

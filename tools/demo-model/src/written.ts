import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { TriptychClient } from '@triptych/client';
import { captionPictures } from './caption.js';
import { HELD_OUT_STYLE, readDataset, readPictures } from './dataset.js';
import { models, withServer } from './serve-demo.js';
import { transcribeSpeech } from './transcribe.js';
import { type Rightness, rightness } from './words.js';

const help = `How much is right of what the demo's models write of voices that training never heard and of pictures of a style that it never saw,
beside the figures of models/demo/scores.json.

  node tools/demo-model/dist/written.js DATA [--only transcripts|captions] [--json]

DATA is a folder with what render-pictures.mjs and, for transcripts, speak.py made: see README.md.
`;

const scored = {
  transcripts: { title: 'transcript(held-out voices)', model: 'whisper', score: scoreSpeech },
  captions: { title: 'caption(fluent-3d)', model: 'captioner', score: scorePictures },
};

const { values, positionals } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  allowPositionals: true,
});
const isUnknown = values.only !== undefined && !Object.hasOwn(scored, values.only);
if (values.help || positionals.length !== 1 || isUnknown) process.stdout.write(help);
else await main(positionals[0], values.json ?? false);

async function main(directory: string, json: boolean): Promise<void> {
  const wanted = Object.entries(scored).filter(([name]) => values.only === undefined || values.only === name);
  const written: Record<string, Rightness> = {};
  for (const [, { title, model, score }] of wanted)
    written[title] = await withServer(undefined, (client) => score(client, directory), [model]);
  process.stdout.write(json ? `${JSON.stringify(written, null, 2)}\n` : await table(written));
}

type Scores = Readonly<Record<string, Rightness>>;

async function scoreSpeech(client: TriptychClient, directory: string): Promise<Rightness> {
  const { labels, heldOut } = await readDataset(directory);
  const texts = await transcribeSpeech(
    client,
    heldOut.map(({ pcm }) => pcm),
  );
  return rightness(heldOut.map(({ concept }, i) => ({ label: labels[concept], text: texts[i] })));
}

async function scorePictures(client: TriptychClient, directory: string): Promise<Rightness> {
  const { labels, picture } = await readPictures(directory);
  const shown = labels.flatMap((label, concept) => {
    const pixels = picture(concept, HELD_OUT_STYLE);
    return pixels === undefined ? [] : [{ label, pixels }];
  });
  const texts = await captionPictures(
    client,
    shown.map(({ pixels }) => pixels),
  );
  return rightness(shown.map(({ label }, i) => ({ label, text: texts[i] })));
}

/** What was measured now beside what the card says. */
async function table(scores: Scores): Promise<string> {
  const { written } = JSON.parse(await readFile(new URL('scores.json', models), 'utf8')) as {
    written?: Scores;
  };
  const row = (one: Rightness | undefined) =>
    one ? `${one.right.toFixed(3)}  ${one.wordsRight.toFixed(3)}` : '–';
  const lines = Object.entries(scores).map(
    ([name, one]) =>
      `${name.padEnd(32)}${String(one.of).padStart(5)}   ${row(one)}   card  ${row(written?.[name])}\n`,
  );
  return `${'right, as a whole and by word'.padEnd(32)}   of   through the server\n${lines.join('')}`;
}

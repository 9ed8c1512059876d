import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { TriptychClient } from '@triptych/client';
import { type Dataset, readDataset } from './dataset.js';
import { models, withServer } from './serve-demo.js';
import { transcribeSpeech } from './transcribe.js';
import { type Rightness, rightness } from './words.js';

const help = `How much is right of what the demo's Whisper writes of voices that training never heard, beside the figures of
models/demo/scores.json.

  node tools/demo-model/dist/written.js DATA [--json]

DATA is a folder with what render-pictures.mjs and speak.py made: see README.md.
`;

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  allowPositionals: true,
});
if (values.help || positionals.length !== 1) process.stdout.write(help);
else await main(positionals[0], values.json ?? false);

async function main(directory: string, json: boolean): Promise<void> {
  const dataset = await readDataset(directory);
  const written = await withServer(undefined, (client) => score(client, dataset), ['whisper']);
  process.stdout.write(json ? `${JSON.stringify(written, null, 2)}\n` : await table(written));
}

type Scores = Readonly<Record<string, Rightness>>;

async function score(client: TriptychClient, { labels, heldOut }: Dataset): Promise<Scores> {
  const texts = await transcribeSpeech(
    client,
    heldOut.map(({ pcm }) => pcm),
  );
  const written = heldOut.map(({ concept }, i) => ({ label: labels[concept], text: texts[i] }));
  return { 'transcript(held-out voices)': rightness(written) };
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

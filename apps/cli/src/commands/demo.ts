import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Model__Output, TriptychClient } from '@triptych/client';
import { createLogger, startServer } from '@triptych/server';
import { Command } from 'commander';
import { describe, type Description } from '../demo/describe.js';
import { find, type Finding, look, read, type Seen } from '../demo/find.js';
import { type Heard, type HeardWindow, listenTo } from '../demo/listen.js';
import { type Neighbour, neighbours } from '../demo/neighbours.js';
import {
  descriptionTable,
  examples,
  findingsTable,
  modelLine,
  nearestTable,
  nextSteps,
  seenLine,
  summary,
  transcriptTable,
  verdictLines,
  windowLine,
} from '../demo/tables.js';
import { readPictures } from '../demo/pictures.js';
import { type Verdict, verdictOf } from '../demo/verdict.js';
import { type Transcript, writeDown } from '../demo/write-down.js';
import { FileProgress, whileWaiting } from '../output/progress.js';
import { demoCaptioner, demoModels, sampleImages, sampleSpeech } from '../paths.js';
import { addServerOptions, serverConfig } from '../server-options.js';

interface Options {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Speakers join one after the other. */
const BETWEEN_SPEAKERS_MS = 150;

const help = `
Streams 24 recordings at the pace of speaking, 12 pictures and 12 texts at a server with the models in models/demo, and
counts what finds what and what is written down of recordings and pictures. Exit code 1 where something is not found, or
little is written down as it was said or shown.

Examples:
  triptych demo
  triptych demo --verbose           every window, vector and query
  triptych demo --json`;

/** `triptych demo` */
export function demoCommand(): Command {
  const command = new Command('demo')
    .description(
      'stream speech, pictures and words at a server with the demo models and show what comes back',
    )
    .option('--verbose', 'show every window, vector and query')
    .option('--json', 'print one JSON document instead of tables')
    .addHelpText('after', help);
  return addServerOptions(command, ['threads']).action(async ({ json = false, verbose = false }: Options) => {
    const models = [...demoModels, demoCaptioner];
    const config = await serverConfig(command, { listen: '127.0.0.1:0', models, logLevel: 'error' });
    const starting = startServer(config, createLogger(config.logLevel));
    const server = await whileWaiting('loading models', starting);
    const client = new TriptychClient(server.address);
    const say = (text: string) => void (json || process.stdout.write(text));
    const detail = (text: string) => void (verbose && say(text));
    try {
      const served = await client.listModels();
      say(`Serving gRPC on ${server.address}:\n\n${served.map(modelLine).join('')}\n`);
      detail('Speech, streamed in chunks of 100 ms; each line is a window as it arrives:\n\n');
      const heard = await listenToAll(client, detail);
      const nearest = neighbours(heard, 3);
      detail(nearestTable(nearest));
      const transcripts = await writeDown(client, await filesOf(sampleSpeech, '.wav'));
      detail(transcriptTable(transcripts));
      const images = await readPictures(await filesOf(sampleImages, '.png'));
      const pictures = await look(client, images);
      detail(`\nPictures, encoded in one batch:\n\n${pictures.map(seenLine).join('')}`);
      const descriptions = await describe(client, images);
      detail(descriptionTable(descriptions));
      const words = await read(
        client,
        pictures.map(({ name }) => `a picture of ${name.replaceAll('-', ' ')}`),
      );
      detail(`\nWords:\n\n${words.map(seenLine).join('')}`);
      const findings = await find(client, words, heard, pictures, 2);
      detail(`${findingsTable(findings)}\n`);
      const verdict = verdictOf(findings, nearest, transcripts, descriptions);
      say(`${summary(heard, pictures, words)}\n`);
      if (!verbose) say(`${examples(findings, transcripts, descriptions)}\n`);
      say(`${verdictLines(verdict)}\n${verdict.passed ? nextSteps : ''}`);
      if (!verdict.passed) process.exitCode = 1;
      if (json) {
        const said = { transcripts, descriptions };
        const document = toDocument(served, heard, nearest, said, pictures, words, findings, verdict);
        process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
      }
    } finally {
      client.close();
      await server.drain();
    }
  });
}

/** Streams every sample of speech, and shows windows as they arrive. */
async function listenToAll(client: TriptychClient, detail: (text: string) => void): Promise<Heard[]> {
  const paths = await filesOf(sampleSpeech, '.wav');
  const bar = new FileProgress('speaking', paths.length);
  const onWindow = (name: string, window: HeardWindow) => detail(windowLine(name, window));
  try {
    return await Promise.all(
      paths.map(async (path, i) => {
        await sleep(i * BETWEEN_SPEAKERS_MS);
        const heard = await listenTo(client, path, onWindow);
        bar.done();
        return heard;
      }),
    );
  } finally {
    bar.stop();
  }
}

async function filesOf(folder: string, extension: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(extension));
  return files.sort().map((file) => join(folder, file));
}

function toDocument(
  models: readonly Model__Output[],
  heard: readonly Heard[],
  nearest: Map<string, Neighbour[]>,
  written: { readonly transcripts: readonly Transcript[]; readonly descriptions: readonly Description[] },
  pictures: readonly Seen[],
  words: readonly Seen[],
  findings: readonly Finding[],
  verdict: Verdict,
) {
  const samples = heard.map(({ name, seconds, windows }) => ({
    name,
    seconds,
    windows,
    nearest: nearest.get(name),
  }));
  const short = ({ name, dimensions, norm, space }: Seen) => ({ name, dimensions, norm, space });
  return {
    models,
    samples,
    ...written,
    pictures: pictures.map(short),
    words: words.map(short),
    findings,
    verdict,
  };
}

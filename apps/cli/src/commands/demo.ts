import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Model__Output, TriptychClient } from '@triptych/client';
import { createLogger, startServer } from '@triptych/server';
import { Command } from 'commander';
import { find, type Finding, look, read, type Seen } from '../demo/find.js';
import { type Heard, type HeardWindow, listenTo } from '../demo/listen.js';
import { type Neighbour, neighbours } from '../demo/neighbours.js';
import { sampleImages, sampleSpeech } from '../paths.js';
import { addServerOptions, serverConfig } from '../server-options.js';

/** Speakers join one after the other. */
const BETWEEN_SPEAKERS_MS = 150;

/** `triptych demo` */
export function demoCommand(): Command {
  const command = new Command('demo')
    .description(
      'stream speech, pictures and words at a server with the demo models and show what comes back',
    )
    .option('--json', 'print one JSON document instead of tables');
  return addServerOptions(command, ['threads']).action(async ({ json = false }: { json?: boolean }) => {
    const config = await serverConfig(command, { listen: '127.0.0.1:0', models: [], logLevel: 'error' });
    const server = await startServer(config, createLogger(config.logLevel));
    const client = new TriptychClient(server.address);
    const say = (text: string) => void (json || process.stdout.write(text));
    try {
      const models = await client.listModels();
      say(`Serving gRPC on ${server.address}:\n\n${models.map(modelLine).join('')}`);
      const heard = await listenToAll(client, say);
      const nearest = neighbours(heard, 3);
      say(nearestTable(nearest));
      const pictures = await look(client, await filesOf(sampleImages, '.png'));
      say(`\nPictures, encoded in one batch:\n\n${pictures.map(seenLine).join('')}`);
      const words = await read(
        client,
        pictures.map(({ name }) => `a picture of ${name.replaceAll('-', ' ')}`),
      );
      say(`\nWords:\n\n${words.map(seenLine).join('')}`);
      const findings = await find(client, words, heard, pictures, 2);
      say(findingsTable(findings));
      if (json) {
        const document = toDocument(models, heard, nearest, pictures, words, findings);
        process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
      }
    } finally {
      client.close();
      await server.drain();
    }
  });
}

/** Streams every sample of speech, and shows windows as they arrive. */
async function listenToAll(client: TriptychClient, say: (text: string) => void): Promise<Heard[]> {
  say('\nSpeech, streamed in chunks of 100 ms; each line is a window as it arrives:\n\n');
  const onWindow = (name: string, window: HeardWindow) => say(windowLine(name, window));
  return Promise.all(
    (await filesOf(sampleSpeech, '.wav')).map(async (path, i) => {
      await sleep(i * BETWEEN_SPEAKERS_MS);
      return listenTo(client, path, onWindow);
    }),
  );
}

async function filesOf(folder: string, extension: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(extension));
  return files.sort().map((file) => join(folder, file));
}

const modalities = ['', 'audio', 'images', 'text'];

function modelLine({ name, parameters, loadMs, encoders }: Model__Output): string {
  const takes = encoders.map(({ modality }) => modalities[modality]).join(' and ');
  const size = `${parameters.toLocaleString('en')} parameters`;
  return `  ${name.padEnd(24)}${takes.padEnd(18)}${size}, ready after ${loadMs.toFixed(0)} ms\n`;
}

function windowLine(name: string, { startS, endS, lagMs, dimensions, norm }: HeardWindow): string {
  const span = `${startS.toFixed(2)}–${endS.toFixed(2)} s`;
  const lag = `${lagMs.toFixed(1).padStart(6)} ms behind`;
  return `  ${name.padEnd(24)}${span.padEnd(14)}${lag}   ${dimensions} dimensions, norm ${norm.toFixed(6)}\n`;
}

function seenLine({ name, dimensions, norm, space }: Seen): string {
  return `  ${name.padEnd(42)}${dimensions} dimensions, norm ${norm.toFixed(6)}, space ${space}\n`;
}

function nearestTable(nearest: Map<string, Neighbour[]>): string {
  const rows = [...nearest].map(([name, others]) => {
    const list = others.map((o) => `${o.name} ${o.cosine.toFixed(3)}`).join(', ');
    return `  ${name.padEnd(24)}${list}\n`;
  });
  return `\nNearest by cosine, over whole samples (-a and -b are two voices saying the same):\n\n${rows.join('')}`;
}

function findingsTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ query, as, found }) => {
    const list = found.map(({ name, cosine }) => `${name} ${cosine.toFixed(3)}`).join(', ');
    return `  ${as.padEnd(9)}${basename(query).padEnd(42)}${list}\n`;
  });
  return `\nWhich picture each query finds, written and spoken:\n\n${rows.join('')}`;
}

function toDocument(
  models: readonly Model__Output[],
  heard: readonly Heard[],
  nearest: Map<string, Neighbour[]>,
  pictures: readonly Seen[],
  words: readonly Seen[],
  findings: readonly Finding[],
) {
  const samples = heard.map(({ name, seconds, windows }) => ({
    name,
    seconds,
    windows,
    nearest: nearest.get(name),
  }));
  const summary = ({ name, dimensions, norm, space }: Seen) => ({ name, dimensions, norm, space });
  return { models, samples, pictures: pictures.map(summary), words: words.map(summary), findings };
}

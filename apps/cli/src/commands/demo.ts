import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { TriptychClient } from '@triptych/client';
import { createLogger, startServer } from '@triptych/server';
import { type Heard, type HeardWindow, listenTo } from '../demo/listen.js';
import { type Neighbour, neighbours } from '../demo/neighbours.js';
import { sampleSpeech } from '../paths.js';
import { addServerOptions, serverConfig } from '../server-options.js';

/** Speakers join one after the other. */
const BETWEEN_SPEAKERS_MS = 150;

/** `triptych demo` */
export function demoCommand(): Command {
  const command = new Command('demo')
    .description('stream speech at a server with the demo model and show what comes back')
    .option('--json', 'print one JSON document instead of tables');
  return addServerOptions(command, ['threads']).action(async ({ json = false }: { json?: boolean }) => {
    const config = serverConfig(command, { listen: '127.0.0.1:0', models: [], logLevel: 'error' });
    const server = await startServer(config, createLogger(config.logLevel));
    const client = new TriptychClient(server.address);
    const say = (text: string) => void (json || process.stdout.write(text));
    try {
      const [model] = await client.listModels();
      say(
        `${model.name} (${model.parameters.toLocaleString('en')} parameters, ready after ${model.loadMs.toFixed(0)} ms) `,
      );
      say(
        `serves gRPC on ${server.address}\n\nSpeech, streamed in chunks of 100 ms; each line is a window as it arrives:\n\n`,
      );
      const onWindow = (name: string, window: HeardWindow) => say(windowLine(name, window));
      const paths = (await readdir(sampleSpeech))
        .filter((f) => f.endsWith('.wav'))
        .sort()
        .map((f) => join(sampleSpeech, f));
      const heard = await Promise.all(
        paths.map(async (path, i) => {
          await sleep(i * BETWEEN_SPEAKERS_MS);
          return listenTo(client, path, onWindow);
        }),
      );
      const nearest = neighbours(heard, 3);
      say(nearestTable(nearest));
      if (json) process.stdout.write(`${JSON.stringify(document(model, heard, nearest), null, 2)}\n`);
    } finally {
      client.close();
      await server.drain();
    }
  });
}

function windowLine(name: string, { startS, endS, lagMs, dimensions, norm }: HeardWindow): string {
  const span = `${startS.toFixed(2)}–${endS.toFixed(2)} s`;
  return `  ${name.padEnd(24)}${span.padEnd(14)}${lagMs.toFixed(1).padStart(6)} ms behind   ${dimensions} dimensions, norm ${norm.toFixed(6)}\n`;
}

function nearestTable(nearest: Map<string, Neighbour[]>): string {
  const rows = [...nearest].map(([name, others]) => {
    const list = others.map((o) => `${o.name} ${o.cosine.toFixed(3)}`).join(', ');
    return `  ${name.padEnd(24)}${list}\n`;
  });
  return `\nNearest by cosine, over whole samples (-a and -b are two voices saying the same):\n\n${rows.join('')}`;
}

function document(model: object, heard: readonly Heard[], nearest: Map<string, Neighbour[]>) {
  const samples = heard.map(({ name, seconds, windows }) => ({
    name,
    seconds,
    windows,
    nearest: nearest.get(name),
  }));
  return { model, samples };
}

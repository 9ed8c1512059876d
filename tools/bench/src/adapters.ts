import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client, credentials } from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import { loadInferencePackage, loadWirePackage } from '@triptych/protocol';
import { Exchange, type FlightLoad, flightLoad, streamBatches } from './flight-load.js';
import { flood, printReport } from './measuring.js';
import { ServerProcess } from './server-process.js';
import { balancedOrder, median, time } from './statistics.js';

const help = `Throughput through each adapter against triptych.v1, of the demo models: they are small, so that what an adapter costs shows: in what is encoded a second, and in the server's processor time, without the processes that decode images or tokenize. Requests
are made once and answers are not read, so that the client costs the same for all.

What one leaves behind (memory to collect) is paid by the next, so that each comes behind each of the others equally often in 12 rounds.

Four calls, or batches of one exchange, are under way at a time. Texts are also sent over an exchange as fast as it takes them, in batches of 256, and by one
unary call after another: what a client's plain loop gets of either.

  node tools/bench/dist/adapters.js [--rounds 12] [--seconds 3] [--only texts|images|clips] [--adapter NAME] [--json]

  --adapter  compares this one alone with triptych.v1: "Open Inference", "HTTP with base64" or "Flight". On a machine with neighbours, many rounds
             of such a pair say more than few of all
`;

const OWN = 'triptych.v1';
const INFERENCE = 'Open Inference';
const ONE_CALL = 'triptych.v1, one call at a time';
const ALL_AT_ONCE = 'Flight, all at once';
/** Calls under way at a time. */
const IN_FLIGHT = 4;
/** Between runs of two callers: who called within the last 2 s has a share of batches kept (docs/decisions/flight.md). */
const PAUSE_MS = 2200;

/** The same items as the request of one method of each API. */
interface Load {
  readonly items: number;
  readonly calls: Readonly<Record<string, { readonly path: string; readonly bytes: Buffer }>>;
  /** The same over Arrow Flight: a batch for a call. */
  readonly flight: FlightLoad;
  /** More items in a batch, for one exchange that is sent all of them. */
  readonly stream?: FlightLoad;
}

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root));
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string' },
    adapter: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(help);
else await main(Number(values.rounds), Number(values.seconds));

async function main(rounds: number, seconds: number): Promise<void> {
  const models = ['clip', 'whisper'].map((name) => fileURLToPath(new URL(`models/demo/${name}`, root)));
  const server = await ServerProcess.startWithHttp(...models);
  const client = new Client(server.address, credentials.createInsecure());
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const report: Record<string, number> = {};
  for (const [what, load] of Object.entries(loads()))
    if (values.only === undefined || values.only === what)
      Object.assign(report, await compare(what, load, { server, client, agent }, rounds, seconds));
  client.close();
  agent.destroy();
  await server.stop();
  printReport(report, values.json ?? false);
}

interface Clients {
  readonly server: ServerProcess;
  readonly client: Client;
  readonly agent: Agent;
}

/** Sends so many calls' worth of items. */
type Run = (count: number) => Promise<void>;

function adaptersOf({ items, calls, flight, stream }: Load, { server, client, agent }: Clients) {
  const pass = (bytes: Buffer) => bytes;
  const grpc = (path: string, bytes: Buffer) =>
    new Promise<Buffer>((resolve, reject) => {
      client.makeUnaryRequest(path, pass, pass, bytes, (error, answer) =>
        error || !answer ? reject(error ?? new TriptychError('INTERNAL', 'no answer')) : resolve(answer),
      );
    });
  // Routes of HTTP begin with their version.
  const call = (name: string) => {
    const { path, bytes } = calls[name];
    return path.startsWith('/v')
      ? post(`http://${server.httpAddress}${path}`, agent, bytes)
      : grpc(path, bytes);
  };
  const adapters: Record<string, Run> = {};
  for (const name of Object.keys(calls))
    adapters[name] = (count) => flood(count, IN_FLIGHT, () => call(name));
  adapters['Flight'] = async (count) => {
    const exchange = new Exchange(client, flight);
    await flood(count, IN_FLIGHT, () => exchange.send());
    exchange.end();
  };
  if (stream) {
    // As many items, to the nearest whole batch.
    const batches = (count: number) => Math.max(1, Math.round((count * items) / stream.rows));
    adapters[ALL_AT_ONCE] = (count) => streamBatches(client, stream, batches(count));
    adapters[ONE_CALL] = (count) => flood(count, 1, () => call(OWN));
  }
  return adapters;
}

/** What each adapter does in a second, at which cost, and as a part of what triptych.v1 does in the same round. */
async function compare(
  what: string,
  load: Load,
  clients: Clients,
  rounds: number,
  seconds: number,
): Promise<Record<string, number>> {
  const { items, stream } = load;
  const { server } = clients;
  const adapters = Object.entries(adaptersOf(load, clients)).filter(
    ([name]) => values.adapter === undefined || name === OWN || name === values.adapter,
  );
  for (const [, run] of [...adapters, ...adapters]) await run(IN_FLIGHT);
  const [[, own]] = adapters;
  await sleep(PAUSE_MS);
  const warmMs = await time(() => own(4 * IN_FLIGHT));
  const whole = stream ? stream.rows / items : 1;
  const count = Math.ceil((1000 * seconds * 4 * IN_FLIGHT) / warmMs / whole) * whole;
  const rates: Record<string, number[]> = {};
  const cpuMs: Record<string, number[]> = {};
  let caller = '';
  for (let round = 0; round < rounds; round++) {
    for (const at of balancedOrder(adapters.length, round)) {
      const [name, run] = adapters[at];
      if (callerOf(name) !== caller) await sleep(PAUSE_MS);
      caller = callerOf(name);
      await server.report();
      const ms = await time(() => run(count));
      (cpuMs[name] ??= []).push((await server.report()).cpuMs / (count * items));
      (rates[name] ??= []).push((1000 * count * items) / ms);
    }
  }
  const report: Record<string, number> = {};
  const ratio = (name: string, to: string) => {
    const ratios = rates[name].map((rate, i) => rate / rates[to][i]);
    report[`${what}, ${name} ÷ ${to}, median of ratios`] = median(ratios);
  };
  for (const [name] of adapters) report[`${what}/s, ${name}`] = median(rates[name]);
  for (const [name] of adapters) report[`${what}, CPU ms each, ${name}`] = median(cpuMs[name]);
  for (const [name] of adapters.slice(1)) ratio(name, OWN);
  if (rates[ALL_AT_ONCE]) ratio(ALL_AT_ONCE, ONE_CALL);
  return report;
}

/** Calls over one connection are one caller's; an exchange is one for itself. */
function callerOf(name: string): string {
  return [OWN, INFERENCE, ONE_CALL].includes(name) ? 'connection' : name;
}

/** Asks over HTTP, and leaves the answer unread as JSON. Throws INTERNAL where it is a failure. */
function post(url: string, agent: Agent, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const asked = request(url, { method: 'POST', agent, headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (part: Buffer) => (bytes += part.length));
      answer.once('error', reject).once('end', () => {
        if (answer.statusCode === 200) resolve(bytes);
        else reject(new TriptychError('INTERNAL', `HTTP answers ${answer.statusCode}`));
      });
    });
    asked.once('error', reject).end(body);
  });
}

function loads(): Record<string, Load> {
  const words = read('examples/texts.txt').toString().split('\n').filter(Boolean);
  const texts = Array.from({ length: 32 }, (_, i) => words[i % words.length]);
  const images = ['pizza', 'sailboat', 'volcano', 'honeybee'].map((name) =>
    read(`examples/images/${name}.png`),
  );
  const clips = ['pizza-a', 'sailboat-a'].map((name) => read(`examples/speech/${name}.wav`).subarray(44));
  const format = { encoding: 1, sampleRateHz: 16_000 };
  const options = { encoding: 2 };
  return {
    texts: load(
      'TextEncoder',
      { texts, options },
      'clip-text',
      texts.map((text) => Buffer.from(text)),
    ),
    images: load(
      'ImageEncoder',
      { images: images.map((encoded) => ({ encoded })), options },
      'clip-image',
      images,
    ),
    clips: load(
      'AudioEncoder',
      { clips: clips.map((data) => ({ format, data })), context: 2, options },
      'whisper-audio',
      clips,
      { context: { stringParam: 'trimmed' }, encoding: { stringParam: 's16le' } },
    ),
  };
}

function load(
  service: string,
  own: object,
  model: string,
  elements: readonly Uint8Array[],
  parameters: object = {},
): Load {
  const raw = elements.flatMap((bytes) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  const name = model.slice(model.indexOf('-') + 1);
  const inference = {
    modelName: `demo-${model}`,
    parameters,
    inputs: [{ name, datatype: 'BYTES', shape: [elements.length, 1] }],
    outputs: [{ name: 'embedding' }],
    rawInputContents: [Buffer.concat(raw)],
  };
  const options: Record<string, string> = Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [key, Object.values(value as object)[0] as string]),
  );
  return {
    items: elements.length,
    flight: flightLoad(name, elements, options),
    ...(name === 'text' && { stream: flightLoad(name, Array.from({ length: 8 }, () => elements).flat()) }),
    calls: {
      [OWN]: grpcRequest(loadWirePackage('client')[`triptych.v1.${service}`], 'Encode', own),
      [INFERENCE]: grpcRequest(
        loadInferencePackage()['inference.GRPCInferenceService'],
        'ModelInfer',
        inference,
      ),
      'HTTP with base64': httpRequest(name as 'text' | 'image' | 'audio', elements),
    },
  };
}

/** The same as OpenAI's clients ask; clips are files there. */
function httpRequest(
  modality: 'text' | 'image' | 'audio',
  elements: readonly Uint8Array[],
): { path: string; bytes: Buffer } {
  const uri = (bytes: Uint8Array) => `data:${modality}/x;base64,${Buffer.from(bytes).toString('base64')}`;
  const wav = (pcm: Uint8Array) => Buffer.concat([read('examples/speech/pizza-a.wav').subarray(0, 44), pcm]);
  const input = elements.map((bytes) => {
    if (modality === 'text') return Buffer.from(bytes).toString();
    return uri(modality === 'audio' ? withLengths(wav(bytes)) : bytes);
  });
  const context = modality === 'audio' ? { context: 'trimmed' } : {};
  const body = { input, modality, encoding_format: 'base64', ...context };
  return { path: '/v1/embeddings', bytes: Buffer.from(JSON.stringify(body)) };
}

/** A WAV file whose header says how long it is. */
function withLengths(wav: Buffer): Buffer {
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.writeUInt32LE(wav.length - 44, 40);
  return wav;
}

interface Method {
  readonly path: string;
  readonly requestSerialize: (message: object) => Buffer;
}

function grpcRequest(service: unknown, name: string, message: object): { path: string; bytes: Buffer } {
  const method = (service as Record<string, Method>)[name];
  return { path: method.path, bytes: method.requestSerialize(message) };
}

import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, readConfig, type RunningServer, startServer, tokenHash } from '@triptych/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoModels, sampleImages, sampleSpeech } from '../paths.js';
import { selfSigned } from '../testing/certificate.js';
import { jsonLines, root, runCli, startCli } from '../testing/run-cli.js';

const [whisper, clip] = demoModels;
const readme = join(root, 'README.md');
const docs = join(root, 'docs');
const pizza = join(sampleSpeech, 'pizza-a.wav');
const picture = join(sampleImages, 'pizza.png');

/** What only exists once the tests have begun, by the name that stands for it in the table. */
const places: Record<string, string> = {};
let servers: RunningServer[];
let web: Server;

beforeAll(async () => {
  const work = (places['WORK'] = await mkdtemp(join(tmpdir(), 'triptych-mistakes-')));
  const file = async (name: string, content: string) => {
    await writeFile(join(work, name), content);
    return join(work, name);
  };
  const [own, other] = [await selfSigned(), await selfSigned()];
  const [tlsCert, tlsKey] = [await file('own.pem', own.cert), await file('own.key', own.key)];
  await file('other.pem', other.cert);
  await file('words.parquet', 'no Parquet');
  await copyFile(pizza, join(work, 'pizza-a.wav'));
  const entry = { name: 'known', sha256: tokenHash('secret'), methods: ['*'] };
  const encoder = {
    name: 'encoder',
    sha256: tokenHash('narrow'),
    methods: ['/triptych.v1.TextEncoder/*', '/triptych.v1.ImageEncoder/*'],
  };
  const tokens = await file('tokens.json', JSON.stringify({ tokens: [entry, encoder] }));
  const serve = (flags: object) => {
    const config = { models: [clip], listen: '127.0.0.1:0', drainMs: 0, ...flags };
    return startServer(readConfig(config, {}), createLogger('silent'));
  };
  servers = [await serve({ models: demoModels }), await serve({ tlsCert, tlsKey }), await serve({ tokens })];
  [places['PLAIN'], places['TLS'], places['GUARDED']] = servers.map(({ address }) => address);
  web = createServer((_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  places['WEB'] = `127.0.0.1:${(web.address() as AddressInfo).port}`;
});
afterAll(async () => {
  web.closeAllConnections();
  web.close();
  await Promise.all(servers.map((server) => server.drain()));
  await rm(places['WORK'], { recursive: true });
});

const filled = (argument: string) =>
  argument.replace(/\b(WORK|PLAIN|TLS|GUARDED|WEB)\b/, (name) => places[name]);

/** A server that is there already: what it refuses does not depend on who started it. */
const served = ['--server', 'PLAIN'] as const;

/** Command lines as a newcomer may write them, and what they are told. */
const mistakes: readonly (readonly [line: readonly string[], message: RegExp])[] = [
  // Commands and flags.
  [['encod'], /unknown command 'encod'\n\(Did you mean encode\?\)/],
  [['encode', '--window', '5'], /unknown option '--window'\n\(Did you mean --window-ms\?\)/],
  [['encode'], /nothing to encode; name files or folders, -, or --text TEXT/],
  [['encode', '-', picture], /standard input \(-\) is encoded by itself/],
  [
    ['encode', '--text', 'a', '--dimensions', '-1'],
    /--dimensions <n>' argument '-1'.*whole number, 0 or more/,
  ],
  [
    ['encode', '--text', 'a', '--threads', 'abc'],
    /--threads: expected a whole number from 0 to 256, found "abc"/,
  ],
  [['encode', pizza, '--format', 'npy'], /--format npy needs --output FILE/],
  [['encode', '-', '--pcm', 'mp3'], /--pcm mp3: expected ENCODING/],
  [['encode', '-', '--pcm', 's16le:fast'], /--pcm s16le:fast: the rate is "fast"; expected 4000 to 192000/],
  [
    ['encode', '-', '--pcm', 's16le:16000:99'],
    /--pcm s16le:16000:99: the channel count is "99"; expected 1 to 8/,
  ],
  // What a model refuses.
  [
    ['encode', '--text', 'a', '--dimensions', '99999'],
    /--dimensions: 99999 dimensions; expected at most 128/,
  ],
  [
    ['encode', '--text', 'a', '--pooling', 'class'],
    /--pooling is class; expected one of projected, end, none/,
  ],
  [
    ['encode', picture, '--pooling', 'mean-valid'],
    /--pooling is mean-valid; expected one of projected, class, none/,
  ],
  [
    ['encode', '--text', 'a', '--name', 'nosuch'],
    /--name: no model "nosuch"; served are demo-whisper, demo-clip/,
  ],
  [
    ['encode', ...served, pizza, '--window-ms', '9000'],
    /--window-ms: window_ms is 9000; expected 100 to 4000/,
  ],
  [
    ['encode', ...served, pizza, '--window-ms', '500', '--hop-ms', '900'],
    /--hop-ms: hop_ms is 900; expected 10 to 500/,
  ],
  [['encode', '--server', 'GUARDED', '--token', 'secret', pizza], /no served model takes audio/],
  // Files.
  [['encode', 'absent.wav'], /absent\.wav: no such file or directory$/m],
  [['encode', ...served, readme], /README\.md: the first bytes/],
  [
    ['encode', ...served, readme, '--format', 'parquet', '--output', 'WORK/v'],
    /nothing was encoded; .*v is not written/,
  ],
  [
    ['encode', '--text', 'a', '--output', 'WORK/no/v.jsonl'],
    /--output .*v\.jsonl: no such file or directory/,
  ],
  [['encode', '--text', 'a', '--output', 'WORK'], /--output .*: is a directory; expected the name of a file/],
  [
    ['encode', '--text', 'a', '--format', 'npy', '--output', 'WORK/no/v'],
    /--output .*: no such file or directory/,
  ],
  [
    ['encode', '--text', 'a', '--format', 'parquet', '--output', 'WORK/no/v'],
    /--output .*: no such file or directory/,
  ],
  [['encode', '--text', 'a', '--model', 'WORK/absent'], /absent: no such folder; expected a model directory/],
  [['encode', '--text', 'a', '--model', readme], /README\.md is a file; expected the folder of a model/],
  // Servers.
  [
    ['encode', '--text', 'a', '--server', 'nowhere'],
    /--server nowhere: expected HOST:PORT or unix:PATH, as in/,
  ],
  [
    ['encode', '--text', 'a', '--server', 'http://127.0.0.1:1'],
    /leave out the scheme: --server 127\.0\.0\.1:1/,
  ],
  [['encode', '--text', 'a', '--server', '127.0.0.1:1'], /--server 127\.0\.0\.1:1: nothing listens there/],
  [['encode', '--text', 'a', '--server', 'nowhere.invalid:1'], /the name nowhere\.invalid is not known/],
  [
    ['encode', '--text', 'a', '--server', 'TLS'],
    /the server speaks TLS; name the file .* with --tls-ca FILE/,
  ],
  [
    ['encode', '--text', 'a', '--server', 'PLAIN', '--tls-ca', 'WORK/own.pem'],
    /the server does not speak TLS; leave out --tls-ca/,
  ],
  [
    ['encode', '--text', 'a', '--server', 'TLS', '--tls-ca', 'WORK/other.pem'],
    /its certificate is not accepted by the authorities of --tls-ca/,
  ],
  [
    ['encode', '--text', 'a', '--server', 'TLS', '--tls-ca', readme],
    /--tls-ca .*: expected certificates in PEM/,
  ],
  [['encode', '--text', 'a', '--server', 'TLS', '--tls-ca', 'no.pem'], /--tls-ca no\.pem: no such file/],
  [['encode', '--text', 'a', '--server', 'WEB'], /what (listens there|answers)/],
  [['encode', '--text', 'a', '--server', 'GUARDED'], /name one with --token or TRIPTYCH_TOKEN/],
  [['encode', '--text', 'a', '--server', 'GUARDED', '--token', 'x'], /this one is not known/],
  // Other commands.
  [['search', 'a', 'WORK/absent'], /absent: no such file or directory/],
  [['search', 'a', docs], /nothing to read in .*docs; expected \.jpg/],
  [['search', ' ', sampleImages], /the query is empty/],
  [['search', 'a', sampleImages, '--top', '0'], /--top <n>' argument '0'.*1 or more/],
  [['search', 'a', sampleImages, '--no-cache', '--model', whisper], /no served model takes images/],
  [['devices', 'tpu'], /device tpu: expected cpu, webgpu, .* or auto/],
  [['serve', '--device', 'tpu'], /--device: expected cpu, webgpu, .* or auto/],
  // Another would be there on few machines that run this.
  [['serve', '--device', 'cuda:99', '--listen', '127.0.0.1:0'], /device cuda:99: .*install/],
  [
    ['classify', sampleImages, '--labels', ' ,'],
    /--labels <labels>' argument ' ,' is invalid\. expected labels/,
  ],
  [
    ['classify', sampleImages, '--labels', 'a,b', '--template', 'x'],
    /--template <template>' .*expected \{\} once/,
  ],
  [
    ['classify', sampleImages, '--labels', 'a', '--template', '{}{}'],
    /--template <template>' .*expected \{\} once/,
  ],
  [
    ['classify', sampleImages, '--labels', 'a,b', '--model', whisper],
    /no served model compares images and text/,
  ],
  [['caption', sampleImages, '--beams', '0'], /--beams <n>' argument '0'.*1 or more/],
  [['caption', docs], /nothing to read in .*docs; expected \.jpg/],
  [['caption', sampleImages, '--model', whisper], /no served model writes captions of images/],
  [['transcribe'], /missing required argument 'input'/],
  [['transcribe', 'absent.wav'], /absent\.wav: no such file or directory$/m],
  [['transcribe', docs], /nothing to read in .*docs; expected \.wav/],
  [['transcribe', '-', pizza], /standard input \(-\) is transcribed by itself/],
  [['transcribe', pizza, '--pcm', 's16le'], /--pcm describes standard input; name - as the input/],
  [['transcribe', '-', '--pcm', 'mp3'], /--pcm mp3: expected ENCODING/],
  [['transcribe', pizza, '--format', 'ass'], /Allowed choices are text, srt, vtt, json/],
  [['transcribe', sampleSpeech, '--format', 'srt'], /--format srt needs --output FOLDER/],
  [['transcribe', pizza, '--output', docs], /--output .*docs: is a directory; expected the name of a file/],
  [['transcribe', sampleSpeech, '--output', readme], /--output .*README\.md: .*exists/],
  [['transcribe', pizza, 'WORK/pizza-a.wav', '--output', 'WORK'], /pizza-a\.wav would both be written to/],
  [['transcribe', pizza, '--temperature', '2'], /--temperature <t>' argument '2'.*from 0 to 1/],
  [['transcribe', pizza, '--beams', '9'], /--beams: beams is 9; expected a whole number from 1 to 8/],
  [['transcribe', pizza, '--max-tokens', '999'], /--max-tokens: max_tokens is 999; expected a whole number/],
  [['transcribe', ...served, pizza, '--translate'], /--translate: model demo-whisper does not translate/],
  [['transcribe', ...served, pizza, '--prompt', '<|endoftext|>'], /--prompt: /],
  [['transcribe', ...served, pizza, '--language', 'de'], /--language: the model does not know "de"/],
  [['transcribe', '-', '--server', 'PLAIN'], /-: /],
  [['transcribe', pizza, '--model', clip], /no served model transcribes/],
  [
    ['convert', 'WORK/absent', 'WORK/x'],
    /absent\/config\.json: no such file; is .*absent a HuggingFace checkpoint\?/,
  ],
  [['convert', docs, 'WORK/x'], /docs\/config\.json: no such file; is .*docs a HuggingFace checkpoint\?/],
  [['convert', readme, 'WORK/x'], /README\.md: is a file; expected a directory/],
  [['quantize', readme, 'WORK/x'], /README\.md: is a file; expected a directory/],
  [['quantize', clip, docs], /docs exists already; remove it or name another directory/],
  [['quantize', clip, 'WORK/x', '--calibration', 'WORK/absent'], /absent: no such file or directory/],
  [['inspect', 'WORK/absent'], /absent: no such file or directory/],
  [['inspect', picture], /expected a directory, a \.parquet or a \.safetensors file/],
  [['inspect', 'WORK/words.parquet'], /words\.parquet: not a readable Parquet file/],
  [['validate', 'WORK/absent'], /absent\/reference\.json: no such file/],
  [['validate', clip, '--reference', readme], /README\.md: not a reference file \(not valid JSON/],
  [
    ['validate', clip, '--reference', 'package.json'],
    /package\.json: not a reference file \(it has no list of items\)/,
  ],
  [['validate', clip, '--reference', docs], /docs: is a directory; expected a file/],
  [['validate', clip, '--html', 'WORK/no/x.html'], /--html .*: no such file or directory/],
  [['validate', clip, '--min-cosine', 'abc'], /--min-cosine <x>' argument 'abc'.*a number from -1 to 1/],
  [['token'], /missing required argument 'name'/],
  [['token', ''], /the name is empty/],
  [
    ['token', 'a', '--methods', 'Encode'],
    /--methods Encode: expected \*, \/SERVICE\/\* or \/SERVICE\/METHOD/,
  ],
  [['pull', 'whisper-tiny'], /expected OWNER\/NAME/],
  [['pull', 'a/b', '--endpoint', 'nope'], /--endpoint nope: expected http:\/\/ or https:\/\//],
  [['pull', 'a/b', '--dtype', 'int4'], /Allowed choices are float16, float32, int8/],
  [['demo', '--threads', '-1'], /--threads: expected a whole number from 0 to 256, found "-1"/],
];

describe("a user's mistake", () => {
  it.concurrent.each(mistakes)('%j is answered in a sentence, with exit code 1', async (line, message) => {
    const { code, stdout, stderr } = await runCli(line.map(filled));
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(
      /^ +at |node:internal|CallError|TypeError|E(NOENT|ISDIR|NOTDIR|CONN)|NaN|casting/m,
    );
    expect(code).toBe(1);
    expect(stdout.toString()).toBe('');
  });

  it('is none where a token may encode, and not list models', async () => {
    const line = ['encode', '--text', 'a', '--server', places['GUARDED'], '--token', 'narrow'];
    const { code, stdout, stderr } = await runCli(line);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonLines(stdout)).toMatchObject([{ source: '--text 1', pooling: '', weight_type: '' }]);
    const { stdout: named } = await runCli([...line, '--pooling', 'projected']);
    expect(jsonLines(named)).toMatchObject([{ pooling: 'projected', weight_type: '' }]);
  });

  it('is none where the reader of the output has read enough', async () => {
    const { child, finished } = startCli(['encode', '--text', 'a', '--text', 'b', sampleImages]);
    child.stdout!.destroy();
    const { code, stderr } = await finished;
    expect(stderr.replace(/^triptych: loading models, .*\n/gm, '')).toBe('');
    expect(code).toBe(141);
  });
});

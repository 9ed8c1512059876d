import { once } from 'node:events';
import { cp, lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeHub } from '@triptych/hub/testing';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoModels } from '../paths.js';
import { type Finished, startCli } from '../testing/run-cli.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-mistakes-'));
});
afterAll(() => rm(work, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(work, name);
  await writeFile(path, text);
  return path;
}

type Pair = Awaited<ReturnType<typeof generate>>;

function certificate(options: Parameters<typeof generate>[1] = {}): Promise<Pair> {
  return generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ...options,
  });
}

const escape = (text: string) => text.replace(/[[\].]/g, '\\$&');

/** Runs `triptych serve` as somebody who has made a mistake: it ends with 1, and never with a stack. */
async function mistaken(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const found: Finished = await startCli(['serve', ...args], undefined, env).finished;
  expect(found).toMatchObject({ code: 1, stdout: Buffer.alloc(0) });
  expect(found.stderr).not.toMatch(/^\s+at |node:internal|received|Error:/m);
  return found.stderr.trimEnd();
}

describe('a mistake in the configuration', () => {
  it.each([
    [['--port', '9000'], 'serve has no --port; did you mean --listen 127.0.0.1:9000?'],
    [
      ['-p', '9000', '--host', '0.0.0.0'],
      'serve has no --port or --host; did you mean --listen 0.0.0.0:9000?',
    ],
    [['--bind', ':9000'], 'serve has no --bind; did you mean --listen 127.0.0.1:9000?'],
    [['--address=::1'], 'serve has no --address; did you mean --listen [::1]:50051?'],
    [['--host'], 'serve has no --host; did you mean --listen HOST:PORT?'],
    [['--cert', 'a.pem'], 'serve has no --cert; did you mean --tls-cert a.pem?'],
    [
      ['--metrics-port', '9464'],
      'serve has no --metrics-port; did you mean --metrics-listen 127.0.0.1:9464?',
    ],
    // A secret: it is not said again.
    [['--token', 'secret'], 'serve has no --token; did you mean --tokens FILE?'],
    [['./clip'], 'serve takes no arguments, only flags; did you mean --model ./clip?'],
    [['--threads', 'many'], '--threads: expected a whole number from 0 to 256, found "many"'],
    [['--trace-ratio', '2'], '--trace-ratio: expected a number from 0 to 1, found "2"'],
    [['--isolation', 'vm'], '--isolation: expected thread or process, found "vm"'],
    [
      ['--listen', 'http://localhost:1'],
      '--listen: expected HOST:PORT or unix:PATH, such as 0.0.0.0:50051, found "http://localhost:1"',
    ],
  ])('%j is answered with what was meant or expected', async (args, message) => {
    expect(await mistaken(args)).toBe(`triptych: ${message}`);
  });

  it('in a flag that resembles one is answered with that', async () => {
    expect(await mistaken(['--lisen', 'x'])).toMatch(/unknown option '--lisen'\n\(Did you mean --listen\?\)/);
  });

  it('in a variable or a file is told with its place, all of them at once', async () => {
    const path = await file('wrong.yaml', 'port: 9000\nmax-clips: lots\n');
    const message = await mistaken(['--config', path, '--drain-ms', 'soon'], { TRIPTYCH_THREADS: 'all' });
    expect(message.split('\n')).toEqual([
      'triptych: 4 problems:',
      `  ${path}:1: there is no setting "port"; did you mean listen?`,
      '  TRIPTYCH_THREADS: expected a whole number from 0 to 256, found "all"',
      `  ${path}:2: max-clips: expected a whole number from 1 to 10000, found "lots"`,
      '  --drain-ms: expected a whole number from 0 to 3600000, found "soon"',
    ]);
  });

  it('in the name of the file is told, too', async () => {
    const path = join(work, 'absent.yaml');
    expect(await mistaken(['--config', path])).toBe(`triptych: --config ${path}: no such file or directory`);
    expect(await mistaken([], { TRIPTYCH_CONFIG: path })).toBe(
      `triptych: --config ${path}: no such file or directory`,
    );
  });
});

describe('a mistake that would show only after models were loaded', () => {
  /** A listener of this process, so that its name is known. */
  async function taken(options: ListenOptions): Promise<Server> {
    const server = createServer().listen(options);
    await once(server, 'listening');
    return server;
  }
  const me = `process ${process.pid} \\(node`;

  it.each(['127.0.0.1', '0.0.0.0', 'localhost', '[::]'])(
    'a taken port at %s: by which process',
    async (host) => {
      const server = await taken({ host: '127.0.0.1', port: 0 });
      const address = `${host}:${(server.address() as AddressInfo).port}`;
      const found = await mistaken(['--listen', address]).finally(() => server.close());
      expect(found).toMatch(
        new RegExp(`^triptych: --listen: ${escape(address)} is taken by ${me}.*; stop it`),
      );
    },
  );

  it('a taken metrics port, and the port of calls', async () => {
    const server = await taken({ host: '127.0.0.1', port: 0 });
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const found = await mistaken(['--listen', '127.0.0.1:0'], { TRIPTYCH_METRICS_LISTEN: address }).finally(
      () => server.close(),
    );
    expect(found).toMatch(
      new RegExp(`^triptych: TRIPTYCH_METRICS_LISTEN: ${escape(address)} is taken by ${me}`),
    );
    expect(await mistaken(['--listen', address, '--metrics-listen', address])).toBe(
      `triptych: --metrics-listen: ${address} is where calls are served (${address}); take another port`,
    );
  });

  it('a socket that another process listens on, and a file that is none', async () => {
    const path = join(work, 'in-use.sock');
    const server = await taken({ path });
    const found = await mistaken(['--listen', `unix:${path}`]).finally(() => server.close());
    expect(found).toMatch(new RegExp(`^triptych: --listen: ${path} is in use by ${me}`));
    const other = await file('no-socket', 'precious');
    expect(await mistaken(['--listen', `unix:${other}`])).toBe(
      `triptych: --listen: ${other} exists, and is no socket; take another path`,
    );
    expect(await readFile(other, 'utf8')).toBe('precious');
    expect(await mistaken(['--listen', `unix:${join(work, 'no/s')}`])).toBe(
      `triptych: --listen: ${join(work, 'no/s')}: there is no folder ${join(work, 'no')}`,
    );
  });

  it('an address that is not of this machine, and a host that there is not', async () => {
    expect(await mistaken(['--listen', '192.0.2.1:50051'])).toMatch(
      /--listen: 192\.0\.2\.1 is no address of this machine/,
    );
    expect(await mistaken(['--listen', 'nowhere.invalid:50051'])).toMatch(
      /--listen: nowhere\.invalid is no host that can be found/,
    );
  });

  it('certificates, keys, tokens and models, all told at once', async () => {
    const [pair, other] = await Promise.all([certificate(), certificate()]);
    const [cert, key] = [await file('a.pem', pair.cert), await file('b.key', other.private)];
    const [ca, tokens] = [await file('ca.pem', 'hello'), await file('tokens.json', '{"tokens": [{}]}')];
    const checkpoint = join(work, 'torch');
    await mkdir(checkpoint);
    await writeFile(join(checkpoint, 'config.json'), '{}');
    await writeFile(join(checkpoint, 'pytorch_model.bin'), '');
    const [whisper, clip] = demoModels;
    const found = await mistaken([
      ...['--listen', '127.0.0.1:0', '--threads', 'x', '--tls-cert', cert, '--tls-key', key],
      ...['--tls-client-ca', ca, '--tokens', tokens, '--model', join(work, 'none'), '--model', checkpoint],
      ...['--model', `same=${whisper}`, '--model', `same=${clip}`, '--model', key, '--model', 'whisper'],
    ]);
    expect(found.split('\n').map((line) => line.replaceAll(`${work}/`, ''))).toEqual([
      'triptych: 9 problems:',
      '  --threads: expected a whole number from 0 to 256, found "x"',
      '  --tls-client-ca: ca.pem: expected a certificate in PEM, found no PEM',
      '  --tls-key: b.key: does not belong to a.pem',
      expect.stringMatching(/^ {2}--tokens: tokens.json: not a token file: tokens\.0\.name: expected text/),
      expect.stringMatching(
        /^ {2}none: no such folder; expected a model directory, a HuggingFace checkpoint/,
      ),
      '  torch holds only pytorch_model.bin; expected model.safetensors, or its shards and their index',
      '  b.key is a file; expected the folder of a model',
      expect.stringMatching(/^ {2}whisper: no such folder; expected .+ or OWNER\/NAME/),
      expect.stringMatching(/^ {2}--model: 2 models are named same \(same=.+\); give each a name of its own/),
    ]);
  });

  it.each<[string, (pair: Pair) => [cert: string, key: string], RegExp]>([
    [
      'swapped files',
      (pair) => [pair.private, pair.cert],
      /--tls-cert: .+ found a private key\n.+--tls-key: .+ found a cert/,
    ],
    [
      'an empty file',
      (pair) => ['', pair.private],
      /--tls-cert: .+: expected a certificate in PEM, found an empty file/,
    ],
    [
      'a damaged certificate',
      (pair) => [pair.cert.replace(/\n.{9}/, '\nAAAAAAAAA'), pair.private],
      /the certificate is damaged/,
    ],
    [
      'a damaged key',
      (pair) => [pair.cert, pair.private.replace(/\n.{9}/, '\nAAAAAAAAA')],
      /the private key is damaged/,
    ],
  ])('%s for TLS', async (_what, make, message) => {
    const [cert, key] = make(await certificate());
    const files = ['--tls-cert', await file('x.pem', cert), '--tls-key', await file('x.key', key)];
    expect(await mistaken(['--listen', '127.0.0.1:0', ...files])).toMatch(message);
  });

  it('half of what TLS takes, and files that are not there or folders', async () => {
    const listen = ['--listen', '127.0.0.1:0'];
    const { cert } = await certificate();
    expect(await mistaken([...listen, '--tls-cert', await file('half.pem', cert)])).toBe(
      'triptych: --tls-key is missing: TLS needs --tls-cert and --tls-key',
    );
    const none = join(work, 'none');
    expect(await mistaken([...listen, '--tls-cert', none, '--tls-key', work, '--tokens', none])).toBe(
      [
        'triptych: 3 problems:',
        `  --tls-cert: ${none}: no such file or directory`,
        `  --tls-key: ${work}: is a directory; expected a file`,
        `  --tokens: ${none}: no such file or directory`,
      ].join('\n'),
    );
  });

  it('a self-check without a reference', async () => {
    const copy = join(work, 'unreferenced');
    await cp(demoModels[0], copy, { recursive: true });
    await rm(join(copy, 'reference.json'));
    expect(await mistaken(['--listen', '127.0.0.1:0', '--self-check', '--model', copy])).toMatch(
      /^triptych: .+\/reference\.json: no such file; make it with .+, or start without --self-check$/,
    );
  });

  it.each([
    [
      { HF_ENDPOINT: 'hub.example.org' },
      /^triptych: HF_ENDPOINT: expected the hub's URL, such as https:.+, found "hub\.ex/,
    ],
    [{ HF_TOKEN_PATH: tmpdir() }, /^triptych: .+: the hub's token cannot be read/],
  ])('variables of the hub: %j', async (env, message) => {
    expect(await mistaken(['--listen', '127.0.0.1:0', '--model', 'a/b'], env)).toMatch(message);
  });

  it('a name that neither a folder nor a hub has', async () => {
    const hub = await startFakeHub('open/other', {});
    const found = await mistaken(['--listen', '127.0.0.1:0', '--model', 'opne/whisper'], {
      HF_ENDPOINT: hub.endpoint,
      HF_HOME: work,
    }).finally(() => hub.close());
    expect(found).toMatch(
      /^triptych: there is no folder opne\/whisper here, and of a hub it cannot be had: http.+ has no/,
    );
  });
});

describe('what is no mistake, but dangerous', () => {
  /** What a server logs until it serves. */
  async function warningsOf(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string[]> {
    const { child, finished } = startCli(['serve', '--model', demoModels[0], ...args], undefined, env);
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    child.kill('SIGTERM');
    const { code, stderr } = await finished;
    expect(code).toBe(0);
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: number; msg: string });
    return lines.filter(({ level }) => level === 40).map(({ msg }) => msg);
  }

  it('is a warning in the log: an open address, an expired certificate, a variable that nothing reads', async () => {
    const old = await certificate({
      notBeforeDate: new Date(2020, 0, 1),
      notAfterDate: new Date(2021, 0, 1),
    });
    const files = [
      '--tls-cert',
      await file('old.pem', old.cert),
      '--tls-key',
      await file('old.key', old.private),
    ];
    expect(await warningsOf(['--listen', '0.0.0.0:0', ...files], { TRIPTYCH_TREADS: '1' })).toEqual([
      'TRIPTYCH_TREADS is no variable of Triptych; did you mean TRIPTYCH_THREADS?',
      expect.stringMatching(/old\.pem: the certificate has expired on .+ 2021/),
      expect.stringMatching(/^0\.0\.0\.0:0 is open: whoever reaches it may call/),
    ]);
  });

  it('and is none on a loopback address, on a socket, or with tokens', async () => {
    const tokens = await file('some.json', `{"tokens": [{"name": "a", "sha256": "${'0'.repeat(64)}"}]}`);
    expect(await warningsOf(['--listen', 'localhost:0'])).toEqual([]);
    expect(await warningsOf(['--listen', `unix:${join(work, 'own.sock')}`])).toEqual([]);
    expect(await warningsOf(['--listen', '0.0.0.0:0', '--tokens', tokens])).toEqual([]);
  });

  it('a socket of a server that was killed is taken over', async () => {
    const path = join(work, 'killed.sock');
    const first = startCli(['serve', '--model', demoModels[0], '--listen', `unix:${path}`]);
    await new Promise((resolve) => first.child.stdout!.once('data', resolve));
    first.child.kill('SIGKILL');
    await first.finished;
    expect((await lstat(path)).isSocket()).toBe(true);
    expect(await warningsOf(['--listen', `unix:${path}`])).toEqual([]);
  });
});

describe('triptych serve --print-config', () => {
  const print = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    startCli(['serve', '--print-config', ...args], undefined, env).finished;

  it('prints what --config takes, with where each value comes from, and warns of variables that nothing reads', async () => {
    const path = await file('right.yaml', 'max-clips: 5\n');
    const env = { TRIPTYCH_MAX_TEXTS: '7', TRIPTYCH_LISTN: 'x' };
    const first = await print(['--config', path, '--threads', '2'], env);
    expect(first).toMatchObject({
      code: 0,
      stderr: 'triptych: TRIPTYCH_LISTN is no variable of Triptych; did you mean TRIPTYCH_LISTEN?\n',
    });
    const text = first.stdout.toString();
    expect(text).toMatch(new RegExp(`^max-clips: 5 +# ${path}:1$`, 'm'));
    expect(text).toMatch(/^max-texts: 7 +# TRIPTYCH_MAX_TEXTS$/m);
    expect(text).toMatch(/^threads: 2 +# --threads$/m);
    const second = await print(['--config', await file('printed.yaml', text)]);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    const values = (printed: string) => printed.replace(/ +# .*$/gm, '');
    expect(values(second.stdout.toString())).toBe(values(text));
  });

  it('refuses what is wrong', async () => {
    const { code, stdout, stderr } = await print(['--threads', '-1']);
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('triptych: --threads: expected a whole number from 0 to 256, found "-1"\n');
  });
});

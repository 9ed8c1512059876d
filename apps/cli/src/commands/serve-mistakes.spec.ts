import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
    expect(await mistaken(['--config', path])).toBe(`triptych: --config ${path}: no such file`);
    expect(await mistaken([], { TRIPTYCH_CONFIG: path })).toBe(`triptych: --config ${path}: no such file`);
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

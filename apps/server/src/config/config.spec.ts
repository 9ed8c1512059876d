import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfigFile } from './config-file.js';
import { flagOf, keyOf, settingNames, variableOf } from './names.js';
import { looksLikePath, parseModelSource } from './paths.js';
import { printConfig } from './print-config.js';
import { readConfig, tryConfig } from './read-config.js';
import { settings } from './settings.js';
import type { Setting } from './settings/setting.js';
import { unknownVariables } from './unknown-variables.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-config-'));
});
afterAll(() => rm(work, { recursive: true }));

async function file(text: string, name = 'triptych.yaml') {
  const path = join(work, name);
  await writeFile(path, text);
  return path;
}

const read = async (text: string) => readConfigFile(await file(text));

describe('a configuration', () => {
  it('takes flags before the environment, that before a file, and that before defaults', async () => {
    const given = await read('max-clips: 3\nmax-images: 3\nmax-texts: 3\n');
    const env = { TRIPTYCH_MAX_CLIPS: '2', TRIPTYCH_MAX_IMAGES: '2', TRIPTYCH_MAX_PIXELS: '' };
    const { config, origins } = tryConfig({ maxClips: '1' }, env, given);
    expect(config).toMatchObject({ maxClips: 1, maxImages: 2, maxTexts: 3, maxPixels: 50_000_000 });
    expect(origins).toEqual({
      maxClips: '--max-clips',
      maxImages: 'TRIPTYCH_MAX_IMAGES',
      maxTexts: `${join(work, 'triptych.yaml')}:3`,
    });
  });

  it.each(settingNames)('says of %s in words of its own what it expects, from each source', async (name) => {
    const { schema, repeatable }: Setting<unknown> = settings[name];
    const wrong = [undefined, null, {}, [[]], ['a', 'b'], NaN, 'nonsense: ?', -1, '0x10', '1e999', ''];
    const refused = wrong.filter((value) => !schema.safeParse(value).success);
    expect(refused.length).toBeGreaterThan(3);
    for (const value of refused.filter((v) => v !== undefined && v !== null)) {
      const { problems } = tryConfig({ [name]: value }, {});
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^${flagOf(name)}: expected [a-zA-Z0-9 .,:;/()_-]+, found `));
      expect(problems[0]).not.toMatch(/received|Invalid|NaN/);
    }
    const given = await read(`# a comment\n\n${keyOf(name)}: {}\n`);
    const { problems } = tryConfig({}, {}, given);
    expect(problems).toEqual([
      expect.stringMatching(new RegExp(`triptych.yaml:3: ${keyOf(name)}: expected `)),
    ]);
    if (repeatable || schema.safeParse('nonsense: ?').success) return;
    expect(tryConfig({}, { [variableOf(name)]: 'nonsense: ?' }).problems[0]).toMatch(
      new RegExp(`^${variableOf(name)}: expected `),
    );
  });

  it('has room for the largest message of a caller, which holds no more than half of all bytes', () => {
    expect(() =>
      readConfig({ queueBytes: 32 << 20 }, { TRIPTYCH_MAX_MESSAGE_BYTES: `${(16 << 20) + 1}` }),
    ).toThrow(
      '--queue-bytes: expected twice the largest message (TRIPTYCH_MAX_MESSAGE_BYTES: 16777217) or more',
    );
    expect(readConfig({ queueBytes: 32 << 20 }, {}).queueBytes).toBe(32 << 20);
  });

  it('names every problem at once, and quotes no password', async () => {
    const given = await read('threads: many\nlisten: 0.0.0.0:70000\notlp-endpoint: http://u:geheim@host\n');
    expect(() => readConfig({}, {}, given)).toThrow(/^3 problems:\n {2}.+:2: listen: .+\n.+:3: .+\n.+:1: /);
    expect(() => readConfig({}, {}, given)).not.toThrow(/geheim/);
  });

  it('is printed as a file that says the same, wherever that lies', async () => {
    const given = await read('models: [./clip, tiny=sub/whisper/x, openai/whisper-tiny]\ntls-cert: a.pem\n');
    const env = { TRIPTYCH_SERVICE: '', OTEL_SERVICE_NAME: '#: not a comment', TRIPTYCH_REFLECTION: 'off' };
    const reading = tryConfig({ tokens: '/t.json', selfCheck: true }, env, given);
    const text = printConfig(reading);
    expect(text).toMatch(/^tls-cert: .+\/a\.pem +# .+triptych\.yaml:2$/m);
    expect(text).toMatch(/^tokens: \/t\.json +# --tokens$/m);
    expect(text).toMatch(/^reflection: false +# TRIPTYCH_REFLECTION$/m);
    expect(text).toMatch(/^max-clips: 64 +# default$/m);
    const again = tryConfig({}, {}, readConfigFile(await file(text, 'printed.yaml')));
    expect(again).toMatchObject({ problems: [], config: reading.config });
    expect(Object.keys(again.origins)).toEqual(settingNames);
  });
});

describe('a configuration file', () => {
  it('has relative paths of its own folder, and leaves names of a hub alone', async () => {
    const config = readConfig(
      {},
      {},
      await read('models: [a/b/c, tiny=./x, "~/y", o/n@v1]\nlisten: unix:s\n'),
    );
    const models = [join(work, 'a/b/c'), `tiny=${join(work, 'x')}`, join(homedir(), 'y'), 'o/n@v1'];
    expect(config).toMatchObject({ models, listen: `unix:${join(work, 's')}` });
  });

  it('may be JSON, empty, or leave a key without a value', async () => {
    expect(readConfig({}, {}, await read('{"threads": 3, "models": "o/n"}'))).toMatchObject({
      threads: 3,
      models: ['o/n'],
    });
    expect(tryConfig({}, {}, await read('# nothing\n'))).toMatchObject({ origins: {}, problems: [] });
    expect(tryConfig({}, {}, await read('threads:\n'))).toMatchObject({ origins: {}, problems: [] });
  });

  it.each([
    ['port: 1', /yaml:1: there is no setting "port"; did you mean listen\?/],
    ['\nmaxClips: 1', /yaml:2: there is no setting "maxClips"; did you mean max-clips\?/],
    ['TRIPTYCH_MAX_CLIPS: 1', /did you mean max-clips\?/],
    ['tls-crt: x', /did you mean tls-cert\?/],
    ['colour: red', /there is no setting "colour"; triptych serve --print-config lists all/],
    ['threads: 1\nthreads: 2', /yaml:2: not valid YAML/],
    ['threads: [1', /yaml:\d: not valid YAML/],
    ['hello', /expected settings as "key: value"/],
    ['- threads', /expected settings as "key: value"/],
    [`threads: 1 #${'x'.repeat(1024 * 1024)}`, /larger than a mebibyte/],
  ])('that is wrong is told so with its line: %.40s', async (text, message) => {
    const path = await file(text);
    expect(() => readConfig({}, {}, readConfigFile(path))).toThrow(message);
  });

  it('that is not there or a folder is told so', () => {
    expect(() => readConfigFile(join(work, 'none'))).toThrow(/^--config .+none: no such file or directory$/);
    expect(() => readConfigFile(work)).toThrow(/is a directory/);
  });
});

describe('a variable that nothing reads', () => {
  it('is named with the one that was meant, but for what Kubernetes sets', () => {
    const env = {
      TRIPTYCH_MAXCLIPS: '3',
      TRIPTYCH_PORT: '9000',
      TRIPTYCH_FLAVOUR: 'x',
      TRIPTYCH_CACHE: '/c',
      TRIPTYCH_LISTEN: '[::]:1',
      TRIPTYCH_SERVICE_HOST: '10.0.0.1',
      TRIPTYCH_SERVICE_PORT_GRPC: '50051',
      TRIPTYCH_PORT_50051_TCP_ADDR: '10.0.0.1',
      TRIPTYCH_CANARY_PORT: 'tcp://10.0.0.1:50051',
      HOME: '/',
    };
    expect(unknownVariables(env)).toEqual([
      'TRIPTYCH_MAXCLIPS is no variable of Triptych; did you mean TRIPTYCH_MAX_CLIPS?',
      'TRIPTYCH_PORT is no variable of Triptych; did you mean TRIPTYCH_LISTEN?',
      'TRIPTYCH_FLAVOUR is no variable of Triptych; nothing reads it',
    ]);
  });
});

describe("a model's source", () => {
  it('may have a name before it, and `=` in its path', () => {
    expect(parseModelSource('tiny=./a=b')).toEqual({ name: 'tiny', directory: './a=b' });
    expect(parseModelSource('/data/run=3/clip')).toEqual({ name: undefined, directory: '/data/run=3/clip' });
  });

  it.each([
    ['openai/clip', false],
    ['openai/clip@refs/pr/3', false],
    ['clip', true],
    ['./clip', true],
    ['../a/b', true],
    ['~/clip', true],
    ['/clip', true],
    ['a/b/c', true],
    ['a\\b', true],
  ])('%s looks like a path: %s', (text, expected) => {
    expect(looksLikePath(text)).toBe(expected);
  });
});

describe('docs/configuration.md', () => {
  it('lists every setting as the schema has it', async () => {
    const page = await readFile(
      fileURLToPath(new URL('../../../../docs/configuration.md', import.meta.url)),
      'utf8',
    );
    const rows = page
      .replace(/ +/g, ' ')
      .split('\n')
      .filter((line) => line.startsWith('| `--'));
    const expected = Object.values(settings).map(({ flag, env, default: standard, description }) => {
      const shown = Array.isArray(standard) || standard === '' ? '' : `\`${String(standard)}\``;
      return `| \`${flag.replaceAll('|', '\\|')}\` | \`${env}\` | ${shown} | ${description} |`.replace(
        / +/g,
        ' ',
      );
    });
    expect(rows.sort()).toEqual(expected.sort());
  });
});

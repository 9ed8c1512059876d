// Packs @triptych/client as a program outside of the repository installs it: what it takes of core and protocol is part of it, as an
// ES module and as CommonJS, with types for both; and its entry for browsers, which are given ES modules alone.
//   node tools/structure/pack-client.mjs [FOLDER]      default: dist; prints the archive's path
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SCOPE = '@triptych/';
const folderOf = (name) => join(root, 'libs', name);
const manifestOf = (name) => JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8'));

/** Modules of ours do nothing when they are imported: what is not used of them is left out, whatever they import. */
const withoutSideEffects = {
  name: 'without-side-effects',
  setup(builder) {
    builder.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...options }) => {
      if (pluginData === withoutSideEffects || options.kind === 'entry-point') return undefined;
      const resolved = await builder.resolve(path, { ...options, pluginData: withoutSideEffects });
      return { ...resolved, sideEffects: false };
    });
  },
};

const target = resolve(process.argv[2] ?? join(root, 'dist'));
mkdirSync(target, { recursive: true });
const work = mkdtempSync(join(tmpdir(), 'triptych-client-'));
try {
  const { name, version, description, license } = manifestOf('client');
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const dependencies = dependenciesOf('client');
  for (const [format, type] of [
    ['esm', 'module'],
    ['cjs', 'commonjs'],
  ]) {
    await bundle(format, Object.keys(dependencies));
    copyTypes(format, 'index');
    // How Node and TypeScript tell which of the two a .js or a .d.ts file is.
    writeFileSync(join(work, format, 'package.json'), JSON.stringify({ type }));
  }
  await bundle('esm', Object.keys(dependencies), {
    from: 'browser/index',
    to: 'browser',
    platform: 'browser',
  });
  copyTypes('esm', 'browser/index');
  const entry = (format) => ({
    types: `./${format}/client/index.d.ts`,
    default: `./${format}/index.js`,
  });
  const manifest = {
    name,
    version,
    description,
    license,
    engines,
    sideEffects: false,
    main: './cjs/index.js',
    module: './esm/index.js',
    types: './cjs/client/index.d.ts',
    exports: {
      '.': { import: entry('esm'), require: entry('cjs') },
      './browser': { types: './esm/client/browser/index.d.ts', default: './esm/browser.js' },
      './package.json': './package.json',
    },
    dependencies,
  };
  writeFileSync(join(work, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  cpSync(join(root, 'LICENSE'), join(work, 'LICENSE'));
  cpSync(join(folderOf('client'), 'README.md'), join(work, 'README.md'));
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--json', '--pack-destination', target], {
    cwd: work,
    encoding: 'utf8',
  });
  if (status !== 0) throw new TypeError(`npm pack failed: ${stderr}`);
  process.stdout.write(`${join(target, JSON.parse(stdout)[0].filename)}\n`);
} finally {
  rmSync(work, { recursive: true });
}

/** Packages of others that it and the libraries inside it import. */
function dependenciesOf(name, found = {}) {
  for (const [dependency, version] of Object.entries(manifestOf(name).dependencies ?? {})) {
    if (dependency.startsWith(SCOPE)) dependenciesOf(dependency.slice(SCOPE.length), found);
    else found[dependency] = version;
  }
  return found;
}

async function bundle(format, external, { from = 'index', to = 'index', platform = 'node' } = {}) {
  const { metafile } = await build({
    entryPoints: [join(folderOf('client'), 'dist', `${from}.js`)],
    outfile: join(work, format, `${to}.js`),
    bundle: true,
    platform,
    target: platform === 'node' ? 'node20' : 'es2022',
    format,
    external: [...external, 'node:*'],
    logLevel: 'warning',
    metafile: true,
    plugins: [withoutSideEffects],
  });
  const [{ imports }] = Object.values(metafile.outputs);
  const wrong = imports.filter(({ path }) => platform === 'browser' && /^(node:|@grpc\/)/.test(path));
  if (wrong.length > 0) throw new TypeError(`browsers have no ${wrong.map(({ path }) => path).join(', ')}`);
}

/** The declarations that an entry reaches, with paths inside the package. */
function copyTypes(format, entry) {
  const waiting = [join(folderOf('client'), 'dist', `${entry}.d.ts`)];
  const seen = new Set(waiting);
  for (let path = waiting.pop(); path; path = waiting.pop()) {
    const text = readFileSync(path, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
    const moved = text.replace(
      /(from |import\()(['"])(\.{1,2}\/[^'"]+|@triptych\/[^'"]+)\2/g,
      (_, before, quote, specifier) => {
        const imported = specifier.startsWith('.')
          ? join(dirname(path), specifier.replace(/\.js$/, '.d.ts'))
          : declarationOf(specifier.slice(SCOPE.length));
        if (!seen.has(imported)) waiting.push(imported);
        seen.add(imported);
        const to = relative(dirname(placeOf(path, format)), placeOf(imported, format)).replace(
          /\.d\.ts$/,
          '.js',
        );
        return `${before}${quote}${to.startsWith('.') ? to : `./${to}`}${quote}`;
      },
    );
    const place = placeOf(path, format);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, moved);
  }
}

function declarationOf(name) {
  return join(folderOf(name), 'dist', 'index.d.ts');
}

/** libs/NAME/dist/PATH becomes FORMAT/NAME/PATH. */
function placeOf(path, format) {
  const [name, , ...rest] = relative(join(root, 'libs'), path).split('/');
  return join(work, format, name, ...rest);
}

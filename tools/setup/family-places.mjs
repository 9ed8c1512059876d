// Prints, for each family of models, every place of the source that is there for it alone, as a table of Markdown:
//   node tools/setup/family-places.mjs           prints it
//   node tools/setup/family-places.mjs --check   ends with 1 unless docs/adding-a-model.md has it
//   node tools/setup/family-places.mjs --write   puts it there
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const TABLE = 'libs/model-families/src/families.ts';
const DOCS = 'docs/adding-a-model.md';
const [BEGIN, END] = ['<!-- family-places -->', '<!-- end of family-places -->'];

const read = (path) => readFileSync(join(root, path), 'utf8');
const isSource = (path) => path.endsWith('.ts') && !/\.(spec|d)\.ts$/.test(path);
/** As Prettier lays tables out leaves no trace. */
const squeezed = (text) => text.replace(/ +/g, ' ').replace(/-+/g, '-');
const filesBelow = (folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter(isSource)
    .sort();

/** What a file imports from others: names by where they come from. */
function importsOf(path) {
  const found = read(path).matchAll(/import (?:type )?\{([^}]*)\} from '([^']+)';/g);
  return [...found].map(([, names, from]) => ({
    from,
    names: names
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  }));
}

/** The folder that an encoder library has a tower's function in. */
function folderOf(library, name) {
  const src = `libs/${library}/src`;
  for (const [, names, from] of read(`${src}/index.ts`).matchAll(/export \{([^}]*)\} from '\.\/([^']+)';/g)) {
    const folder = from.split('/').slice(0, -1).join('/');
    if (folder !== '' && names.split(',').some((one) => one.trim() === name)) return `${src}/${folder}`;
  }
  return undefined;
}

/** A family's places: its file, its towers' folders. */
function placesOf(file) {
  const folders = importsOf(file).flatMap(({ from, names }) => {
    const library = /^@triptych\/(\w+-encoder)$/.exec(from)?.[1];
    return library === undefined ? [] : names.flatMap((name) => folderOf(library, name) ?? []);
  });
  return [...new Set(folders)].sort();
}

/** Files elsewhere that reach into one of the places. */
function reachingInto(file, folders, others) {
  const own = [file, ...folders.flatMap(filesBelow)];
  const names = [file, ...folders].map((place) =>
    place.replace(/^libs\/[^/]+\/src\//, './').replace(/\.ts$/, ''),
  );
  return others.filter((path) => {
    if (own.includes(path) || path === TABLE || path.endsWith('/index.ts')) return false;
    const library = path.split('/').slice(0, 2).join('/');
    const near = [file, ...folders].some((place) => place.startsWith(`${library}/`));
    return (
      near &&
      importsOf(path).some(({ from }) =>
        names.some((name) => from.replace(/^(\.\.\/)+/, './').startsWith(`${name.replace(/\/$/, '')}`)),
      )
    );
  });
}

const sources = ['libs', 'apps'].flatMap((top) =>
  readdirSync(join(root, top)).flatMap((name) => filesBelow(`${top}/${name}/src`)),
);
const rows = importsOf(TABLE)
  .filter(({ from }) => from.startsWith('./') && from !== './model-family.js')
  .map(({ from, names: [name] }) => {
    const file = `libs/model-families/src/${from.slice(2).replace(/\.js$/, '.ts')}`;
    const folders = placesOf(file);
    const elsewhere = reachingInto(file, folders, sources);
    const cells = [
      name,
      `\`${file}\``,
      folders.map((folder) => `\`${folder}/\``).join('<br>'),
      `\`${TABLE}\`: its import and its name`,
      elsewhere.map((path) => `\`${path}\``).join('<br>') || 'none',
    ];
    return `| ${cells.join(' | ')} |`;
  });
const table = [
  '| family | what ties it together | folders of its towers | line in the table | other source that knows it |',
  '| --- | --- | --- | --- | --- |',
  ...rows,
].join('\n');

const [option] = process.argv.slice(2);
if (option === undefined) process.stdout.write(`${table}\n`);
else {
  const text = read(DOCS);
  const [start, end] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  const updated = `${text.slice(0, start)}\n\n${table}\n\n${text.slice(end)}`;
  if (option === '--write') writeFileSync(join(root, DOCS), updated);
  else if (squeezed(updated) !== squeezed(text)) {
    process.stderr.write(
      `${DOCS}: its table is not that of the source; node tools/setup/family-places.mjs --write\n`,
    );
    process.exitCode = 1;
  }
}

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

/** What a library's index has, name by name, and the file that it comes from. */
function exportsOf(library) {
  const src = `libs/${library}/src`;
  const found = read(`${src}/index.ts`).matchAll(/export (?:type )?\{([^}]*)\} from '\.\/([^']+)';/g);
  return [...found].flatMap(([, names, from]) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter(Boolean)
      .map((name) => ({ name, file: `${src}/${from.replace(/\.js$/, '.ts')}` })),
  );
}

/** The folder that an encoder library has a tower's function in. */
function folderOf(library, name) {
  const file = exportsOf(library).find((one) => one.name === name)?.file;
  const folder = file?.split('/').slice(0, -1).join('/');
  return folder === `libs/${library}/src` ? undefined : folder;
}

/** A family's places: its towers' folders. */
function placesOf(file) {
  const folders = importsOf(file).flatMap(({ from, names }) => {
    const library = /^@triptych\/(\w+-encoder)$/.exec(from)?.[1];
    return library === undefined ? [] : names.flatMap((name) => folderOf(library, bare(name)) ?? []);
  });
  return outermost([...new Set(folders)].sort());
}

const bare = (name) => name.replace(/^type /, '');
/** Without folders that are in another of them. */
const outermost = (folders) =>
  folders.filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)));
const isIn = (path, places) => places.some((place) => path === place || path.startsWith(`${place}/`));

/** Names that indexes have of a family's folders. */
const exportedBy = (folders) =>
  [...new Set(folders.map((folder) => folder.split('/')[1]))]
    .map((library) => ({
      library,
      names: exportsOf(library)
        .filter(({ file }) => isIn(file, folders))
        .map(({ name }) => name),
    }))
    .filter(({ names }) => names.length > 0);

/** Files elsewhere that reach into one of the places, by a path or by the name of a package. */
function reachingInto(file, folders, others) {
  const places = [file, ...folders];
  const exported = new Map(exportedBy(folders).map(({ library, names }) => [`@triptych/${library}`, names]));
  const reaches = (path, { from, names }) =>
    from.startsWith('.')
      ? isIn(join(path, '..', from).replaceAll('\\', '/').replace(/\.js$/, '.ts'), places)
      : names.some((name) => exported.get(from)?.includes(bare(name)));
  return others.filter(
    (path) =>
      !isIn(path, places) &&
      path !== TABLE &&
      !path.endsWith('/index.ts') &&
      importsOf(path).some((one) => reaches(path, one)),
  );
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
      exportedBy(folders)
        .map(({ library, names }) => `\`${library}\`: ${names.length}`)
        .join('<br>'),
      elsewhere.map((path) => `\`${path}\``).join('<br>') || 'none',
    ];
    return `| ${cells.join(' | ')} |`;
  });
const table = [
  '| family | what ties it together | folders of its towers | names that indexes have of them | other source that knows it |',
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

// An ESLint rule: no file imports itself through others, be it for a type alone.
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

/** The files that a file imports, by what it was when it was read. */
const read = new Map();

/** Files that a file imports by a relative path. @param {string} file @returns {readonly string[]} */
function importsOf(file) {
  const changed = statSync(file).mtimeMs;
  const known = read.get(file);
  if (known?.changed === changed) return known.imports;
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
  const imports = importedFiles.flatMap(({ fileName }) => resolveImport(file, fileName) ?? []);
  read.set(file, { changed, imports });
  return imports;
}

/** The source that a relative import leads to; undefined for a package, and for what is no source. */
function resolveImport(from, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  const path = resolve(dirname(from), specifier).replace(/\.js$/, '.ts');
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? path : undefined;
}

/** The shortest way from a file to another by imports. @returns {readonly string[] | undefined} */
function wayTo(target, from) {
  const ways = new Map([[from, [from]]]);
  for (const [file, way] of ways) {
    if (file === target) return way;
    for (const next of importsOf(file)) if (!ways.has(next)) ways.set(next, [...way, next]);
  }
  return undefined;
}

/** @type {import('eslint').Rule.RuleModule} */
export const importCircles = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { circle: 'This import leads back here: {{way}}. Move what both need into a file of its own.' },
  },
  create(context) {
    const check = ({ source }) => {
      const imported = source && resolveImport(context.filename, String(source.value));
      const way = imported && wayTo(context.filename, imported);
      if (!way) return;
      const names = way.map((path) => path.slice(path.lastIndexOf('/') + 1));
      context.report({ node: source, messageId: 'circle', data: { way: names.join(' → ') } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

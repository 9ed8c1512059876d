// An ESLint rule: no file of a library names one outside of its package, be it to import or to read: there, nothing is once it is installed.
// `importsOnly`: of packages that stay in the repository, which may read it.
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** The folder of the package that a file belongs to. @returns {string | undefined} */
function packageOf(file) {
  for (let folder = dirname(file); dirname(folder) !== folder; folder = dirname(folder))
    if (existsSync(join(folder, 'package.json'))) return folder;
  return undefined;
}

/** The text of a string, or of a template up to what is filled in. @returns {string | undefined} */
function textOf(node) {
  if (node?.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  return node?.type === 'TemplateLiteral' ? node.quasis[0].value.cooked : undefined;
}

/** @type {import('eslint').Rule.RuleModule} */
export const ownPackage = {
  meta: {
    type: 'problem',
    schema: [
      { type: 'object', properties: { importsOnly: { type: 'boolean' } }, additionalProperties: false },
    ],
    messages: {
      outside:
        '{{path}} lies outside of this package, and is not there where it is installed. Take it as an argument, or as a dependency.',
    },
  },
  create(context) {
    const { filename, options } = context;
    const root = packageOf(filename);
    const check = (node) => {
      const path = textOf(node);
      if (root === undefined || path === undefined || !path.startsWith('.')) return;
      if (relative(root, resolve(dirname(filename), path)).split(/[\\/]/)[0] === '..')
        context.report({ node, messageId: 'outside', data: { path } });
    };
    const ofSource = ({ source }) => check(source);
    const imports = {
      ImportDeclaration: ofSource,
      ExportNamedDeclaration: ofSource,
      ExportAllDeclaration: ofSource,
      ImportExpression: ofSource,
    };
    if (options[0]?.importsOnly) return imports;
    return {
      ...imports,
      NewExpression: ({ callee, arguments: [path] }) => {
        if (callee.type === 'Identifier' && callee.name === 'URL') check(path);
      },
    };
  },
};

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Places that are a family's own, and those that are no part of what is served. */
const OWN =
  /^libs\/(model-families|\w+-encoder)\/src\/(\w+\/)|^libs\/model-families\/|\.(spec|d)\.ts$|\/(testing|gen)\//;
/** Audio has clips, too. */
const NAMES = /\b(whisper|blip|siglip2?|bert|roberta|mpnet)\b/i;
const CLIP = /\bCLIP\b|openai\/clip/;

const sources = ['libs', 'apps/server'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true })
    .map((name) => `${top}/${String(name).replaceAll('\\', '/')}`)
    .filter((path) => /\/src\/.*\.ts$/.test(path) && !/node_modules|\/dist\//.test(path) && !OWN.test(path)),
);

/** What a file says that is neither a comment nor the name of a module. */
function textsOf(path: string): string[] {
  const file = ts.createSourceFile(
    path,
    readFileSync(join(root, path), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe('a family of models', () => {
  it('is named in its own folders and in the table alone: no error, setting or check elsewhere knows one', () => {
    expect(sources.length).toBeGreaterThan(200);
    const named = sources.flatMap((path) =>
      textsOf(path)
        .filter((text) => NAMES.test(text) || CLIP.test(text))
        .map((text) => `${path}: ${text}`),
    );
    expect(named).toEqual([]);
  });
});

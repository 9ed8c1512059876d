import type { OpenApi, Operation } from './document.js';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
code, pre { font: 13px/1.45 ui-monospace, monospace }
pre { background: #f5f5f2; padding: .75rem; overflow: auto; border-radius: 4px }
h2 { margin-top: 2.5rem; border-top: 1px solid #ddd; padding-top: 1rem }
h2 b { color: #06c; font: inherit; font-weight: 600 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1b1b1b } pre { background: #262626 } h2 b { color: #6bf } }
`;

/** A page that shows an OpenAPI document: whole by itself, without a script and without anything from elsewhere. */
export function apiPage(document: OpenApi): string {
  const { info, paths } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method, path, operation)),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(info.title)}</title><style>${STYLE}</style></head>
<body><h1>${escape(info.title)} ${escape(info.version)}</h1><p>${escape(info.description)}</p>
<p>The same for programs: <a href="/openapi.json">/openapi.json</a></p>
${operations.join('\n')}
</body></html>
`;
}

function section(method: string, path: string, operation: Operation): string {
  const { summary, requestBody, responses } = operation;
  const parts = [
    `<h2 id="${escape(operation.operationId)}"><b>${escape(method.toUpperCase())}</b> <code>${escape(path)}</code></h2>`,
    `<p>${escape(summary)}</p>`,
  ];
  for (const [type, { schema }] of Object.entries(requestBody?.content ?? {}))
    parts.push(`<h3>Body, ${escape(type)}</h3>`, shown(schema));
  for (const [status, { content }] of Object.entries(responses))
    for (const [type, { schema }] of Object.entries(content ?? {})) {
      const what = status === 'default' ? 'Failure' : `Answer ${status}`;
      parts.push(`<details><summary>${what}, ${escape(type)}</summary>${shown(schema)}</details>`);
    }
  return parts.join('\n');
}

function shown(schema: object | undefined): string {
  if (!schema) return '';
  return `<pre>${escape(JSON.stringify(schema, undefined, 2))}</pre>`;
}

function escape(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (letter) => entities[letter]);
}

// Headless Chromium with the page of page.ts, which calls a Triptych server from its own origin:
//   node drive.mjs PAGE-FOLDER SERVER-URL RESTART CHROMIUM      prints a JSON line for each vector
// The page's port is ORIGIN_PORT; what it is let to call, CI's script decides by --http-origins.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const [folder, url, restart, executablePath] = process.argv.slice(2);
const types = { '.html': 'text/html', '.js': 'text/javascript', '.png': 'image/png', '.wav': 'audio/wav' };

const pages = createServer(async (request, response) => {
  const path = request.url === '/' ? '/index.html' : request.url;
  try {
    const bytes = await readFile(join(folder, path));
    response.writeHead(200, { 'content-type': types[extname(path)] }).end(bytes);
  } catch {
    // The icon that browsers look for.
    response.writeHead(204).end();
  }
});
const listening = (port) => new Promise((resolve) => pages.listen(port, '127.0.0.1', resolve));
await listening(Number(process.env.ORIGIN_PORT));
const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--autoplay-policy=no-user-gesture-required',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
  ],
});
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.exposeFunction('interrupt', async () => void (await promisify(execFile)(restart)));
  const open = (host) => page.goto(`http://${host}:${process.env.ORIGIN_PORT}/`);

  await open('127.0.0.1');
  const vectors = await page.evaluate((server) => globalThis.encode(server, globalThis.interrupt), url);
  for (const [kind, list] of Object.entries(vectors))
    for (const embedding of list) console.log(JSON.stringify({ kind, embedding }));
  assert.equal(await page.evaluate((server) => globalThis.listen(server), url), 4);
  assert.deepEqual(await page.evaluate((server) => globalThis.refusals(server), url), [
    'MODEL_NOT_FOUND',
    'AUDIO_SAMPLE_RATE',
  ]);

  // The same page by another name is of an origin that is not listed: the browser tells it nothing, and opens no WebSocket.
  await open('localhost');
  const [call, stream] = await page.evaluate((server) => globalThis.refusals(server), url);
  assert.match(call, /Failed to fetch/);
  assert.match(stream, /did not open/);
} finally {
  await browser.close();
  pages.close();
}

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { abortError, TriptychError } from '@triptych/core';
import { hubCache } from '@triptych/hub';
import { cachedModels } from './cache.js';

const program = fileURLToPath(new URL('../../bin/triptych.js', import.meta.url));
/** What a pull says is a line. */
const MOST_OUTPUT_BYTES = 64 * 1024;

/**
 * `triptych pull` in a process of its own, for a server that serves meanwhile: converting takes a core for as long as it takes. Gives
 * the model directory in the cache. It ends with this one. Throws HUB_UNREACHABLE with what that process said, or what `signal` aborts with.
 */
export async function pullInProcess(reference: string, signal: AbortSignal): Promise<string> {
  const child = spawn(process.execPath, [program, 'pull', reference], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const end = () => child.kill();
  process.once('exit', end);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => {
      texts[name] = (texts[name] + chunk.toString()).slice(-MOST_OUTPUT_BYTES);
    });
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  process.off('exit', end);
  if (signal.aborted) throw abortError(signal);
  if (code === 0) return texts.stdout.trim();
  const [said = ''] = texts.stderr.trim().split('\n').slice(-1);
  throw new TriptychError(
    'HUB_UNREACHABLE',
    `${reference} could not be pulled: ${withoutCaches(said) || `code ${code}`}`,
  );
}

/** Where the caches lie is not for whoever asked for the model. */
function withoutCaches(said: string): string {
  return [hubCache(process.env), cachedModels()]
    .map((folder) => join(folder, '/'))
    .filter((folder) => folder !== '/')
    .reduce((text, folder) => text.replaceAll(folder, ''), said.replace(/^triptych: /, ''));
}

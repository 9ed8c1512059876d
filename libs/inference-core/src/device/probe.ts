import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { passedEnvironment, workerEntry } from '@triptych/core';
import { type Device, deviceName } from './device.js';
import { environmentOn } from './placement.js';
import { missingBefore, whyItFailed } from './missing.js';
import type { ProbeAnswer, Trial } from './probe-process.js';

/** What a machine offers of a kind of device. */
export type DeviceReport =
  | ({ readonly device: string; readonly isAvailable: true; readonly name?: string | undefined } & Trial)
  | {
      readonly device: string;
      readonly isAvailable: false;
      /** What is missing. */
      readonly reason: string;
      /** What to install, or do. */
      readonly advice: string;
    };

/** A driver that hangs counts as one that fails. Software that plays a graphics card compiles for some seconds. */
const LIMIT_MS = 120_000;
/** As much as is kept of what a driver prints. */
const MOST_PRINTED = 64 * 1024;

/** Tries a device in a process of its own. `isTimed`: also how fast it is. */
export async function probeDevice(device: Device, { isTimed = false } = {}): Promise<DeviceReport> {
  const missing = missingBefore(device);
  if (missing) return { device: deviceName(device), isAvailable: false, ...missing };
  const { answer, printed } = await tried(device, isTimed);
  if ('error' in answer)
    return { device: deviceName(device), isAvailable: false, ...whyItFailed(device, answer.error, printed) };
  return { device: deviceName(device), isAvailable: true, name: await cardName(device), ...answer.trial };
}

async function tried(device: Device, isTimed: boolean): Promise<{ answer: ProbeAnswer; printed: string }> {
  const entry = workerEntry(import.meta.url, './probe-process.js');
  const child = fork(fileURLToPath(entry), [deviceName(device), isTimed ? 'timed' : 'untimed'], {
    env: { ...passedEnvironment(), ...environmentOn(device) },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let printed = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed = (printed + text).slice(-MOST_PRINTED);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const answer = await new Promise<ProbeAnswer>((resolve) => {
    child.once('message', (message) => resolve(message as ProbeAnswer));
    child.once('error', (error) => resolve({ error: error.message }));
    child.once('close', (code: number | null, signal: string | null) =>
      resolve({ error: `the process that tried it ended with ${signal ?? `code ${code}`}` }),
    );
  });
  clearTimeout(timer);
  child.kill('SIGKILL');
  return { answer, printed };
}

/** The name of a card, where its driver tells it; others are known by their kind. */
async function cardName({ kind, index }: Device): Promise<string | undefined> {
  const folder = '/proc/driver/nvidia/gpus';
  if (kind === 'cpu' || !existsSync(folder)) return undefined;
  const cards = (await readdir(folder)).sort();
  if (index >= cards.length) return undefined;
  const text = await readFile(`${folder}/${cards[index]}/information`, 'utf8').catch(() => '');
  return /^Model:\s*(.+)$/m.exec(text)?.[1];
}

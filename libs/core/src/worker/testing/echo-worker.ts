import { spawn } from 'node:child_process';
import { closeSync, readlinkSync, writeSync } from 'node:fs';
import { getPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { TriptychError } from '../../errors/triptych-error.js';
import { WORKER_PIPE } from '../messages.js';
import { serveWorker } from '../serve-worker.js';
import { stepBack } from '../step-back.js';
import { threadSettings } from '../thread-settings.js';

let prepared = '';

// A real worker for the tests of WorkerHost.
serveWorker({
  prepare: (value: string) => (prepared = value),
  echo: (value: unknown) => [prepared, value],
  refuse: () => {
    throw new TriptychError('AUDIO_EMPTY', 'nothing there', { field: 'data' });
  },
  fault: () => {
    throw new RangeError('secret path /etc');
  },
  hang: () => new Promise(() => undefined),
  sleep: (ms: number) => sleep(ms),
  environment: () => ({ ...process.env }),
  pid: () => process.pid,
  /** How nice the worker is once it has stepped back, and its settings. */
  stepBack: (niceness: number) => {
    stepBack(niceness);
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    return { niceness: getPriority(thread), settings: threadSettings() };
  },
  /** Sends these bytes where answers go. */
  babble: (bytes: Uint8Array) => {
    writeSync(WORKER_PIPE, bytes);
    return new Promise(() => undefined);
  },
  /** Starts a process that has its pipe, and lives on. */
  passOn: () => spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', WORKER_PIPE] }).pid,
  /** Hears no more calls. */
  hangUp: () => {
    closeSync(WORKER_PIPE);
    return new Promise(() => undefined);
  },
  crash: () => process.exit(3),
});

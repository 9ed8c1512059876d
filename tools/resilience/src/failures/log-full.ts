import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TriptychClient } from '@triptych/client';
import { Load } from '../load.js';
import { ServedProcess } from '../served-process.js';
import { type Failure, problemsOf } from './failure.js';

/** The log goes to a disk that is full: every write of it fails. */
export const logFull: Failure = {
  title: 'disk full under the log',
  async run() {
    const full = openSync('/dev/full', 'w');
    const server = await ServedProcess.start(['--log-level', 'debug'], full);
    closeSync(full);
    const client = new TriptychClient(server.address);
    const load = new Load(client, 4);
    await sleep(2000);
    await load.stop();
    const isAlive = server.isRunning;
    client.close();
    await server.stop();
    const code = await server.exited;
    return {
      facts: { 'calls answered': load.count((outcome) => outcome.code === 0), 'exit code': code ?? 'none' },
      problems: problemsOf({
        'every call is answered': load.outcomes.length > 0 && load.outcomes.every((o) => o.code === 0),
        'the server lives': isAlive,
        'its exit code is 0': code === 0,
      }),
    };
  },
};

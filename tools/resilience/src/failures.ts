import { parseArgs } from 'node:util';
import { certificatesSwapped } from './failures/certificates-swapped.js';
import { deviceKilled } from './failures/device-killed.js';
import type { Failure } from './failures/failure.js';
import { logFull } from './failures/log-full.js';
import { modelsComeAndGo } from './failures/models-come-and-go.js';
import { serverPaused } from './failures/server-paused.js';
import { terminated } from './failures/terminated.js';
import { workerKilled } from './failures/worker-killed.js';
import { printFacts } from './report.js';

const help = `Breaks things around a real server under load, one after the other, and says whether it bore each as documented; ends
with 1 where it did not.
  worker        kill -9 of an inference process in the middle of its batch
  pause         SIGSTOP, and SIGCONT after --pause-ms
  certificates  TLS certificate and key replaced
  terminate     SIGTERM
  log           a full disk under the log
  device        --kills times kill -9 of the process that computes on --device; only where it is asked for by name
  models        --loads loads and unloads of three models under traffic, with memory for two

  node tools/resilience/dist/failures.js [--only NAME] [--pause-ms 10000] [--loads 24]
      [--device webgpu] [--kills 200] [--json]
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    'pause-ms': { type: 'string', default: '10000' },
    loads: { type: 'string', default: '24' },
    device: { type: 'string', default: 'webgpu' },
    kills: { type: 'string', default: '200' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const failures: Readonly<Record<string, Failure>> = {
  worker: workerKilled,
  pause: serverPaused(Number(values['pause-ms'])),
  certificates: certificatesSwapped,
  terminate: terminated,
  log: logFull,
  models: modelsComeAndGo(Number(values.loads)),
  device: deviceKilled(values.device, Number(values.kills)),
};
if (values.help) process.stdout.write(help);
else if (values.only !== undefined && !(values.only in failures)) {
  process.stderr.write(
    `unknown failure ${values.only}; expected one of ${Object.keys(failures).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  for (const [name, failure] of Object.entries(failures)) {
    // Not every machine has a device.
    if (values.only === undefined ? name === 'device' : values.only !== name) continue;
    if (!values.json) process.stdout.write(`\n${failure.title}\n`);
    const { facts, problems } = await failure.run();
    printFacts(
      values.json ? { failure: name, ...facts, problems: problems.join('; ') } : facts,
      values.json ?? false,
    );
    for (const problem of problems) process.stderr.write(`NOT SO: ${problem}\n`);
    if (problems.length > 0) process.exitCode = 1;
  }
}

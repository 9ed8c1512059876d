import { TriptychError } from '../../errors/triptych-error.js';
import { serveWorker } from '../serve-worker.js';

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
  environment: () => ({ ...process.env }),
  pid: () => process.pid,
  crash: () => process.exit(3),
});

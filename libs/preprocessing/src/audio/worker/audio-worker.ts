import {
  type ErrorRecord,
  serveWorker,
  stepBack,
  Transferred,
  TriptychError,
  WORKER_NICENESS,
} from '@triptych/core';
import type { Window } from '../windower.js';
import { ClipJob } from './clip-job.js';
import type { Job } from './job.js';
import type { PreparedWindow, TurnReply, TurnRequest } from './protocol.js';
import { StreamJob } from './stream-job.js';

/** A turn ends at the first step after this time, so that no clip waits longer for another's. */
const TURN_MS = 5;

interface Open {
  readonly job: Job;
  work?: AsyncGenerator<Window | undefined, void>;
}

const jobs = new Map<number, Open>();

stepBack(WORKER_NICENESS);

// The WebAssembly decoders print what they also return: what a client sent must not fill the server's log.
console.error = () => undefined;

serveWorker({
  turn: async (request: TurnRequest) => {
    const started = performance.now();
    const reply = await takeTurn(request, started + TURN_MS);
    const transfer = reply.windows.flatMap(({ content }) =>
      'samples' in content ? [content.samples.buffer] : [],
    );
    if (reply.clip) transfer.push(reply.clip.buffer);
    return new Transferred({ ...reply, spentUs: Math.round(1000 * (performance.now() - started)) }, transfer);
  },
  close: (job: number) => close(job),
});

/** Goes on with a job until it has used up its input, has made as many windows as are wanted, or the turn is over. */
async function takeTurn(
  { job: id, open: start, input, room }: TurnRequest,
  until: number,
): Promise<Omit<TurnReply, 'spentUs'>> {
  if (start) jobs.set(id, { job: 'plan' in start ? new StreamJob(start) : new ClipJob(start) });
  const open = jobs.get(id);
  // Another's bytes have ended the worker that held it.
  if (!open) {
    // An answer, not a throw: this worker is well.
    const lost = new TriptychError('WORKER_LOST', 'the worker that decoded this audio died; start it again');
    return { windows: [], isDone: true, position: 0, decodedMs: 0, failure: lost.toRecord() };
  }
  const { job } = open;
  const progress = () => ({ position: job.position, decodedMs: job.decodedMs });
  if (input) open.work = job.take(input);
  const windows: PreparedWindow[] = [];
  try {
    while (open.work && windows.length < room) {
      const { done, value } = await open.work.next();
      if (done) {
        if (job.clip) close(id);
        return { windows, isDone: true, ...progress(), clip: job.clip };
      }
      if (value) windows.push(prepare(value));
      if (performance.now() >= until) break;
    }
    return { windows, isDone: !open.work, ...progress() };
  } catch (thrown) {
    close(id);
    const failure = toRecord(thrown);
    return { windows, isDone: true, ...progress(), failure };
  }
}

function prepare(window: Window): PreparedWindow {
  const { content } = window;
  return { ...window, content: 'error' in content ? { error: content.error.toRecord() } : content };
}

/** A fault of ours comes with its stack, for the log. */
function toRecord(thrown: unknown): ErrorRecord {
  const stack = thrown instanceof Error && !(thrown instanceof TriptychError) ? thrown.stack : undefined;
  return { ...TriptychError.from(thrown).toRecord(), stack };
}

function close(id: number): void {
  jobs.get(id)?.job.close();
  jobs.delete(id);
}

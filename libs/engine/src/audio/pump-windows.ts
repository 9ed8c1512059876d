import { TriptychError } from '@triptych/core';
import type { AudioStream as DecodedStream, PreparedWindow, WindowsReply } from '@triptych/preprocessing';
import { checkSequence, type RequestedResume } from '@triptych/validation';
import type { BoundedAnswers } from '../admission/bounded-answers.js';
import type { Room } from '../admission/room.js';
import type { CallContext } from '../call.js';
import type { AudioChunk, AudioStreamSummary, EncodedWindow } from './streamed-audio.js';

/** What is done when its turn comes: a window is written, or a chunk is said to be answered. */
export type Delivery = () => Promise<void>;

/** Where a stream's windows go. */
export interface WindowOutput {
  readonly answers: BoundedAnswers<Delivery>;
  /** Windows of all of the caller's streams that are made and not computed. */
  readonly ahead: Room;
  readonly encode: (window: PreparedWindow, preprocessUs: number, arrived: number) => Promise<EncodedWindow>;
  readonly write: (window: EncodedWindow) => Promise<void>;
}

/** Reads chunks to the end of the stream. A failure is thrown once the windows before it have been written. */
export async function pumpWindows(
  stream: DecodedStream,
  incoming: AsyncIterable<AudioChunk>,
  { answers, ahead, encode, write }: WindowOutput,
  context: CallContext,
  resume?: RequestedResume,
): Promise<AudioStreamSummary> {
  let chunks = resume?.sequence ?? 0;
  let windows = resume?.windowIndex ?? 0;
  let [samples, lateWindows] = [0, 0];
  let arrived = performance.now();
  const { principal } = context.caller;
  const addWindows = async ({ windows: made, preprocessUs }: WindowsReply) => {
    for (const window of made) {
      windows++;
      const since = arrived;
      await answers.add(async () => {
        const isComputed = ahead.take(principal, 1);
        const ownUs = Math.round(preprocessUs / made.length);
        const answer = await encode(window, ownUs, since).finally(isComputed);
        context.observer.window(performance.now() - since);
        if ('error' in answer.result && answer.result.error.reason === 'WINDOW_LATE') lateWindows++;
        return () => write(answer);
      });
    }
  };
  /** Who has none may make as many as one stream may, however few the places are. */
  const mayMake = (room: number) => ahead.shares.held(principal) === 0 || ahead.shares.fits(principal, room);
  /** Takes windows as there is room for them, until what was handed over is used up. */
  const takeAll = async () => {
    for (let isDone = false; !isDone;) {
      const room = await answers.room();
      const leave = await ahead.wait(context, room, () => mayMake(room));
      try {
        const reply = await stream.pull(room);
        await addWindows(reply);
        if (reply.failure) throw TriptychError.fromRecord(reply.failure).within('chunk');
        ({ samples, isDone } = reply);
      } finally {
        leave();
      }
    }
  };
  try {
    for await (const { data, sequence = chunks, flush = false, answered } of incoming) {
      checkSequence(sequence, chunks);
      arrived = performance.now();
      stream.push(data, sequence, flush);
      await takeAll();
      chunks++;
      if (answered) await answers.add(() => Promise.resolve(answered), 0);
    }
    stream.finish(Math.max(0, chunks - 1));
    await takeAll();
  } finally {
    await answers.done();
  }
  return { windows, chunks, samples, lateWindows };
}

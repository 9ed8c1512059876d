import type {
  Image,
  ImageStreamConfig,
  ImageStreamResponse__Output,
  ModelStamp__Output,
} from '@triptych/protocol';
import { requireSameModel } from '../same-model.js';
import type { ImageStream } from '../image-stream.js';
import type { RetryOptions } from '../retry.js';
import { Lifeline, resumed } from './resumed.js';

export interface ImageResumeOptions extends RetryOptions {
  /** Batches that may be sent and not answered; beyond it `send` waits. Default: 32. */
  readonly maxUnanswered?: number;
}

/** A stream of batches that outlives its connection. */
export type ResumingImageStream = Omit<ImageStream, 'configure'>;

/**
 * Streams batches and opens the stream anew, on whatever server the channel finds, where it breaks off: what was not
 * answered is sent again. The caller sees each batch's result once, and a summary as of one stream.
 */
export function openResumingImageStream(
  open: () => ImageStream,
  config: ImageStreamConfig,
  options: ImageResumeOptions = {},
): ResumingImageStream {
  const { maxUnanswered = 32 } = options;
  const unanswered = new Map<number, readonly Image[]>();
  const summary = { batches: 0, images: 0, failed: 0 };
  let unsent: number[] = [];
  const lifeline = new Lifeline<ImageStream>(() => {
    unanswered.clear();
    unsent = [];
  });
  const { signal } = lifeline;
  let stamp: ModelStamp__Output | null | undefined;
  let [isFinished, wasReady] = [false, false];

  /** Sends what waits for as long as `stream` is the current one. */
  const pump = async (stream: ImageStream): Promise<void> => {
    while (lifeline.current === stream && !lifeline.isOver) {
      const id = unsent.shift();
      if (id !== undefined) await stream.send(id, unanswered.get(id) ?? []);
      else if (isFinished) {
        stream.finish();
        return;
      } else await signal.changed;
    }
  };

  const stream = {
    open: () => {
      const opened = open();
      opened.configure(config);
      unsent = [...unanswered.keys()];
      lifeline.current = opened;
      void pump(opened);
      return opened;
    },
    take: ({ ready, result, summary: last }: ImageStreamResponse__Output) => {
      const isFirst = !wasReady;
      if (ready) {
        requireSameModel(stamp, ready.stamp);
        [wasReady, stamp] = [true, ready.stamp];
      }
      if (result) {
        summary.batches++;
        summary.images += result.results.length;
        summary.failed += result.results.filter(({ error }) => error).length;
        unanswered.delete(result.batchId);
        signal.change();
      }
      // The server that ends the stream knows of its own alone.
      if (last) Object.assign(last, summary);
      return { isSeen: !ready || isFirst, isProgress: Boolean(result) };
    },
  };

  return {
    async send(batchId, images) {
      if (isFinished) throw new TypeError('the stream is finished');
      if (unanswered.has(batchId))
        throw new TypeError(`batch ${batchId} is not answered yet; ids must differ`);
      // Whoever reads is told why: nothing is kept for nobody.
      if (lifeline.isOver) return;
      unanswered.set(batchId, [...images]);
      if (lifeline.current) unsent.push(batchId);
      lifeline.pushed();
      while (!lifeline.isOver && unanswered.size >= maxUnanswered) await signal.changed;
    },
    finish() {
      isFinished = true;
      lifeline.pushed();
    },
    cancel: () => lifeline.end(),
    [Symbol.asyncIterator]: () => resumed(lifeline, stream, options),
  };
}

import { Recording } from '@triptych/audio-encoder';
import { TriptychError } from '@triptych/core';
import type { AudioStream as DecodedStream } from '@triptych/preprocessing';
import {
  checkAudioFormat,
  checkLongEnough,
  checkSequence,
  type RequestedAudioFormat,
} from '@triptych/validation';
import type { CallContext } from '../call.js';
import type { TranscriptionPlan } from './transcription-plan.js';

/** Some bytes of a recording. */
export interface TranscribedChunk {
  readonly data: Uint8Array;
  /** Its number, where the sender counts. Default: the next. */
  readonly sequence?: number | undefined;
}

/** A piece of a recording: a guess is told no earlier than it is there. */
const PIECE_MS = 100;
/** Pieces that are decoded at a time. */
const MOST_PIECES = 16;

/** Decodes audio as it comes. */
export function openPieces(
  { model }: TranscriptionPlan,
  format: RequestedAudioFormat | null | undefined,
  context: CallContext,
): DecodedStream {
  const { preprocessor, sampleRate } = model.audio;
  const samples = Math.round((PIECE_MS * sampleRate) / 1000);
  const plan = { windowSamples: samples, hopSamples: samples, emitTail: true, arePieces: true };
  return preprocessor.open(checkAudioFormat(format), sampleRate, plan, context);
}

/** A recording of chunks that may still be coming; one context and one second of it are held at a time. */
export function recordingOf(
  { model }: TranscriptionPlan,
  stream: DecodedStream,
  chunks: AsyncIterable<TranscribedChunk>,
): Recording {
  const { contextSamples, sampleRate } = model.audio;
  return new Recording(pieces(), contextSamples + sampleRate);

  async function* pieces(): AsyncGenerator<Float32Array> {
    let count = 0;
    let samples = 0;
    const pull = async function* () {
      for (let isDone = false; !isDone;) {
        const reply = await stream.pull(MOST_PIECES);
        for (const { content } of reply.windows) {
          if ('error' in content) throw TriptychError.fromRecord(content.error);
          samples += content.samples.length;
          yield content.samples;
        }
        if (reply.failure) throw TriptychError.fromRecord(reply.failure);
        ({ isDone } = reply);
      }
    };
    for await (const { data, sequence = count } of chunks) {
      checkSequence(sequence, count);
      stream.push(data, sequence, false);
      yield* pull();
      count++;
    }
    stream.finish(Math.max(0, count - 1));
    yield* pull();
    checkLongEnough(samples, sampleRate);
  }
}

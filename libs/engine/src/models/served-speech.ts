import type { SpeechDecoder } from '@triptych/audio-encoder';
import type { Decoder, InferenceWorker } from '@triptych/inference-core';
import type { TextPreprocessor } from '@triptych/preprocessing';
import type { Room } from '../admission/room.js';

/** What writes what is said: its workers start with the first call that takes them, and end with the model. */
export interface ServedSpeech extends SpeechDecoder {
  /** Rejects with bad-weights errors; the next call tries again. */
  start(): Promise<SpeechWorkers>;
  /** Those that have started. */
  readonly started: SpeechWorkers | undefined;
}

/** What transcribing takes beside the encoder. */
export interface SpeechWorkers {
  readonly decoder: Decoder;
  /** Of prompts, and of the words that tokens stand for. */
  readonly preprocessor: TextPreprocessor;
  /** Finds how loud a recording is. */
  readonly meter: InferenceWorker;
  /** It measures a window at a time, in a fair order of callers. */
  readonly meterTurns: Room;
}

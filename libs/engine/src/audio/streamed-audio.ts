import type { PreparedWindow } from '@triptych/preprocessing';
import type { ItemResult } from '../items/encode-items.js';
import type { EncodedItem } from '../items/encode-prepared.js';
import type { WindowTranscript } from '../speech/window-transcripts.js';

/** Some bytes of a stream. */
export interface AudioChunk {
  readonly data: Uint8Array;
  /** Its number, where the sender counts. Default: the next. */
  readonly sequence?: number | undefined;
  /** Ends the window under way with this chunk. */
  readonly flush?: boolean | undefined;
  /** Called once all windows that this chunk completes have been written, and none that a later one does. */
  readonly answered?: (() => Promise<void>) | undefined;
}

/** Where a window lies in its stream, in samples of the model's rate. */
export type WindowPlace = Omit<PreparedWindow, 'content'>;

/** A window's vector, and what is said in it where that was asked for. */
export interface HeardItem extends EncodedItem {
  readonly transcript?: WindowTranscript | undefined;
}

/** A window's place, and its vector, or why it has none. */
export interface EncodedWindow extends WindowPlace {
  /** Output frames that hold audio. */
  readonly validFrames: number;
  readonly result: ItemResult<HeardItem>;
}

/** What has become of a stream that has ended. */
export interface AudioStreamSummary {
  readonly windows: number;
  readonly chunks: number;
  readonly samples: number;
  readonly lateWindows: number;
}

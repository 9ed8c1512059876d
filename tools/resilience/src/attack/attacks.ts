import { audioStream, audioStreams, imageStream, junkStream, transcribedStream } from './a-streams.js';
import type { Attack } from './attack.js';
import { nanMessages, scaledFloats } from './d-bad-samples.js';
import { flacWindows, pcmWindows } from './e-windows.js';
import { cancelledClips, flacBombs, manyFlacBombs, oddRate } from './f-decoders.js';
import { hugeAvifs, largeAvifs, largeWebps, paddedAvifs } from './f-images.js';
import { avifsCancelled, avifsCancelledByMany, webpsCancelled } from './g-images.js';
import { decodersCrash } from './k-decoders.js';
import { tokenizer } from './l-tokenizer.js';
import { guessedTokens } from './h-guessed-tokens.js';
import { idleStreams } from './h-idle-streams.js';
import { manyStreams } from './h-many-streams.js';
import { unreadAnswers } from './h-unread-answers.js';
import { fullestCalls } from './i-fullest-calls.js';
import { watches } from './b-watches.js';
import { compressed } from './c-compressed.js';
import { items } from './c-items.js';
import { probes } from './j-probes.js';
import { headers } from './m-headers.js';
import { quiet } from './quiet.js';

/** Every attack by its name: the letter of its line in docs/attacks.md, and what it does. */
export const attacks: Readonly<Record<string, Attack>> = {
  quiet,
  'a-audio-stream': audioStream,
  'a-audio-streams': audioStreams,
  'a-image-stream': imageStream,
  'a-transcribed-stream': transcribedStream,
  'a-junk': junkStream,
  'd-scaled-floats': scaledFloats,
  'd-nan': nanMessages,
  'e-flac-windows': flacWindows,
  'e-pcm-windows': pcmWindows,
  'f-flac-bomb': flacBombs,
  'f-flac-bombs': manyFlacBombs,
  'f-odd-rate': oddRate,
  'f-avif-49-megapixels': hugeAvifs,
  'f-avif-8-megapixels': largeAvifs,
  'f-avif-10-megabytes': paddedAvifs,
  'f-webp-22-megapixels': largeWebps,
  'g-cancelled-clips': cancelledClips,
  'g-webps-cancelled': webpsCancelled,
  'g-avifs-cancelled': avifsCancelled,
  'g-avifs-cancelled-by-many': avifsCancelledByMany,
  'k-decoders-crash': decodersCrash,
  'l-tokenizer': tokenizer,
  'h-streams-1': manyStreams(1),
  'h-streams-20': manyStreams(20),
  'h-streams-200': manyStreams(200),
  'h-streams-2000': manyStreams(2000),
  'h-idle': idleStreams,
  'h-unread': unreadAnswers,
  'h-guesses': guessedTokens,
  'i-texts': fullestCalls('texts'),
  'i-images': fullestCalls('images'),
  'i-clips': fullestCalls('clips'),
  'b-watches': watches,
  'c-items': items,
  'c-compressed': compressed,
  'j-probes': probes,
  'm-headers': headers,
};

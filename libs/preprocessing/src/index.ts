export {
  AudioPreprocessor,
  type AudioPreprocessorOptions,
  type AudioStream,
  type ClipReply,
  type ClipRequest,
  type WindowsReply,
} from './audio/audio-preprocessor.js';
export type { DecodeOptions } from './audio/decoder-lane.js';
export type { WindowerStart } from './audio/windower.js';
export type { PreparedWindow } from './audio/worker/protocol.js';
export { type DecodeCost, decodeCost } from './image/decode-cost.js';
export { ImagePreprocessor, type ImagePreprocessorOptions } from './image/image-preprocessor.js';
export { type ImageRecipe, readImageRecipe } from './image/recipe.js';
export type { PreparedImage } from './image/worker/protocol.js';
export { byteCharacters } from './text/byte-characters.js';
export {
  TextPreprocessor,
  type TextPreprocessorOptions,
  type TokenizeOptions,
} from './text/text-preprocessor.js';

export type { TokenizerRecipe } from './text/tokenizer.js';

export {
  AudioPreprocessor,
  type AudioPreprocessorOptions,
  type AudioStream,
} from './audio/audio-preprocessor.js';
export type { WindowerStart } from './audio/windower.js';
export type { ClipReply, ClipRequest, PreparedWindow, WindowsReply } from './audio/worker/protocol.js';
export { ImagePreprocessor, type ImagePreprocessorOptions } from './image/image-preprocessor.js';
export { type ImageRecipe, readImageRecipe } from './image/recipe.js';
export type { PreparedImage } from './image/worker/protocol.js';
export {
  TextPreprocessor,
  type TextPreprocessorOptions,
  type TokenizeOptions,
} from './text/text-preprocessor.js';

export type { TokenizerSource } from './text/tokenizer.js';

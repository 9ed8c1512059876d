import { blip } from './blip.js';
import { clip } from './clip.js';
import type { ModelFamily } from './model-family.js';
import { sentence } from './sentence.js';
import { siglip } from './siglip.js';
import { whisper } from './whisper.js';

/** The families that Triptych has. Whoever serves, converts or inspects may bring a table of his own. */
export const families: readonly ModelFamily[] = [whisper, clip, siglip, blip, sentence];

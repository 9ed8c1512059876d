import { languageToken, type SpeechTask } from '@triptych/audio-encoder';
import { checkName } from '@triptych/validation';
import type { EngineParts } from '../engine-parts.js';
import { checkWhole, invalidParameter, MOST_BEAMS } from '../items/generated-text.js';
import { inField } from '../items/in-field.js';
import type { Serving } from '../models/served-model.js';

/** How what is said is to be written. */
export interface RequestedTranscription {
  /** Its code, as in `en`. Default: it is detected. */
  readonly language?: string | undefined;
  /** `transcribe`, or `translate` into English. Default: `transcribe`. */
  readonly task?: string | undefined;
  /** Default: true. Without, a recording that fits into the model's context is one segment. */
  readonly timestamps?: boolean | undefined;
  /** What the text goes on from, or its bytes in UTF-8. */
  readonly prompt?: string | Uint8Array | undefined;
  /** Tried one after the other while what is written is unlikely or repeats itself. Default: 0, 0.2, 0.4, 0.6, 0.8, 1. */
  readonly temperatures?: readonly number[] | undefined;
  /** Sequences that are searched side by side, up to 8. Default: 1, greedily. */
  readonly beams?: number | undefined;
  /** The most tokens of one window. Default: as many as the decoder has positions. */
  readonly maxTokens?: number | undefined;
  /** Whether each window goes on from what was said before it. Default: no. */
  readonly conditioned?: boolean | undefined;
  /** Of what is drawn by chance. Default: 0. */
  readonly seed?: number | undefined;
  /** Whether settled segments have their words, with times. Of models that know heads which align. Default: no. */
  readonly words?: boolean | undefined;
}

/** A model that transcribes, and how. */
export interface TranscriptionPlan {
  readonly model: Serving<'audio'> & Serving<'speech'>;
  readonly options: RequestedTranscription;
  /** How the request names the options. */
  readonly field: string;
}

/** Those of the original's. */
export const TEMPERATURES: readonly number[] = [0, 0.2, 0.4, 0.6, 0.8, 1];
const MOST_TEMPERATURES = 8;
/** Writing what a window says takes about as long as encoding it. */
export const WINDOW_COST = 2;

/** Throws MODALITY_NOT_SERVED, PARAMETER_INVALID or ENUM_UNKNOWN. `field` is how the request names the options. */
export function planTranscription(
  { models }: EngineParts,
  name: string | undefined,
  options: RequestedTranscription,
  field = 'options',
): TranscriptionPlan {
  const speaking = models.serving('speech', name);
  const model = { ...models.serving('audio', speaking.name), speech: speaking.speech };
  return { model, options: inField(field, () => checkOptions(model, options)), field };
}

function checkOptions(
  model: TranscriptionPlan['model'],
  options: RequestedTranscription,
): RequestedTranscription {
  const { tokens, network } = model.speech;
  const { language, beams = 1, maxTokens, temperatures = TEMPERATURES, seed = 0 } = options;
  if (language !== undefined && !isOnlyLanguage(language, tokens.languages.size))
    languageToken(tokens, language);
  const task = checkName<SpeechTask>(options.task, ['transcribe', 'translate'], 'task');
  if (task === 'translate' && !tokens.tasks.has(task))
    throw invalidParameter('task', `model ${model.name} does not translate: it knows one language alone`);
  if (options.words && !network.alignment)
    throw invalidParameter(
      'words',
      `model ${model.name} tells no times of words: its generation_config.json has no alignment_heads, the heads whose cross-attention ` +
        'follows what is said; add them there and convert the checkpoint again, or ask without words',
    );
  checkWhole(beams, 1, MOST_BEAMS, 'beams');
  if (maxTokens !== undefined) checkWhole(maxTokens, 1, network.config.positions, 'max_tokens');
  checkWhole(seed, 0, Number.MAX_SAFE_INTEGER, 'seed');
  if (temperatures.length < 1 || temperatures.length > MOST_TEMPERATURES)
    throw invalidParameter(
      'temperature',
      `${temperatures.length} temperatures; expected 1 to ${MOST_TEMPERATURES}`,
    );
  const wrong = temperatures.find((one) => !(one >= 0 && one <= 1));
  if (wrong !== undefined) throw invalidParameter('temperature', `temperature is ${wrong}; expected 0 to 1`);
  return { ...options, task };
}

/** English-only models have no token for it. */
function isOnlyLanguage(language: string, known: number): boolean {
  return known === 0 && language.toLowerCase() === 'en';
}

import { ConfigFields, type JsonObject, TriptychError } from '@triptych/core';

export type SpeechTask = 'transcribe' | 'translate';

/** Which tokens mean what to a Whisper, as `generation_config.json` has them. */
export interface SpeechTokens {
  readonly start: number;
  readonly end: number;
  /** Before what was said before. */
  readonly previous: number | undefined;
  /** By code, as in `en`; empty where the model knows one language alone. */
  readonly languages: ReadonlyMap<string, number>;
  readonly tasks: ReadonlyMap<SpeechTask, number>;
  readonly noTimestamps: number;
  readonly noSpeech: number;
  readonly firstTimestamp: number;
  /** The latest timestamp that may come first, in steps of 20 ms. */
  readonly maxFirstTimestamp: number | undefined;
  readonly suppressed: readonly number[];
  readonly suppressedFirst: readonly number[];
  /** Of which sampling chooses. */
  readonly topK: number;
}

/** What transformers' `generate` samples from where a checkpoint says nothing. */
const TOP_K = 50;

/** Reads a `generation_config.json` of a decoder with so many tokens. Throws MODEL_CONFIG naming every bad field. */
export function readSpeechTokens(generation: JsonObject, vocabulary = Infinity): SpeechTokens {
  const fields = new ConfigFields(generation);
  const noTimestamps = fields.count('no_timestamps_token_id');
  const optional = (key: string) => (fields.raw(key) == null ? undefined : fields.number(key));
  const languages = fields.raw('lang_to_id') == null ? undefined : fields.object('lang_to_id');
  const tasks = fields.raw('task_to_id') == null ? undefined : fields.object('task_to_id');
  const tokens: SpeechTokens = {
    start: fields.count('decoder_start_token_id'),
    end: fields.count('eos_token_id'),
    previous: optional('prev_sot_token_id'),
    languages: new Map(languages?.keys.map((key) => [key.replace(/^<\||\|>$/g, ''), languages.number(key)])),
    tasks: new Map(tasks?.keys.map((key) => [key as SpeechTask, tasks.number(key)])),
    noTimestamps,
    noSpeech: noTimestamps - 1,
    firstTimestamp: noTimestamps + 1,
    maxFirstTimestamp: optional('max_initial_timestamp_index'),
    suppressed: ids(fields, 'suppress_tokens'),
    suppressedFirst: ids(fields, 'begin_suppress_tokens'),
    topK: optional('top_k') ?? TOP_K,
  };
  const { start, end, previous = 0, firstTimestamp } = tokens;
  const all = [
    start,
    end,
    previous,
    firstTimestamp - 1,
    ...tokens.languages.values(),
    ...tokens.tasks.values(),
  ];
  const strange = all.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabulary));
  if (strange !== undefined)
    fields.problem(`expected token ids below vocab_size, ${vocabulary}, found ${strange}`);
  fields.check('generation_config.json');
  return tokens;
}

function ids(fields: ConfigFields, key: string): number[] {
  const value = fields.raw(key) ?? [];
  if (Array.isArray(value) && value.every((id) => Number.isInteger(id) && Number(id) >= 0))
    return value as number[];
  fields.problem(`${key} must be a list of token ids`);
  return [];
}

/** The token of a language by its code. Throws PARAMETER_INVALID with those that the model knows. */
export function languageToken({ languages }: SpeechTokens, code: string): number {
  const found = languages.get(code.toLowerCase());
  if (found !== undefined) return found;
  const known = [...languages.keys()];
  const expected = known.length === 0 ? 'en, or none: it knows English alone' : `one of ${known.join(', ')}`;
  throw new TriptychError(
    'PARAMETER_INVALID',
    `language: the model does not know ${JSON.stringify(code)}; expected ${expected}`,
    {
      field: 'language',
    },
  );
}

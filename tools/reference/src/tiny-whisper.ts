import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { byteCharacters } from '@triptych/preprocessing';
import { writeSyntheticCheckpoint } from './synthetic-checkpoint.js';

export interface TinyWhisperOptions {
  /** It knows one language alone, and no tasks. Default: three languages. */
  readonly isEnglish?: boolean;
  /** Text files that it has not. Default: it has all. */
  readonly without?: readonly string[];
  /** In the place of what `generation_config.json` has. */
  readonly generation?: Readonly<Record<string, unknown>>;
}

/** Seconds of its context, and the timestamps of 20 ms that it has tokens for. */
const CONTEXT_S = 2;
const TIMESTAMPS = CONTEXT_S * 50 + 1;
const LANGUAGES = ['en', 'de', 'fr'];
/** Each byte is a token; then come those that stand for no words. */
const END = 256;

/** Bytes that are no printable ASCII. */
const unprintable = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte < 32 || byte > 126);

const config = {
  architectures: ['WhisperForConditionalGeneration'],
  model_type: 'whisper',
  activation_function: 'gelu',
  d_model: 32,
  encoder_layers: 2,
  encoder_attention_heads: 2,
  encoder_ffn_dim: 64,
  max_source_positions: CONTEXT_S * 50,
  num_mel_bins: 80,
  decoder_layers: 2,
  decoder_attention_heads: 2,
  decoder_ffn_dim: 64,
  max_target_positions: 48,
};

/** A HuggingFace checkpoint of a Whisper of two seconds that writes, in printable ASCII, what means nothing: always the same. */
export async function writeTinyWhisper(
  directory: string,
  { isEnglish = false, without = [], generation: more }: TinyWhisperOptions = {},
): Promise<void> {
  const names = specialTokens(isEnglish);
  const id = (name: string) => END + names.indexOf(name);
  const noTimestamps = id('<|notimestamps|>');
  const generation = {
    decoder_start_token_id: id('<|startoftranscript|>'),
    eos_token_id: END,
    prev_sot_token_id: id('<|startofprev|>'),
    no_timestamps_token_id: noTimestamps,
    max_initial_timestamp_index: 50,
    // What stands between the end and the timestamps is never said.
    suppress_tokens: [...unprintable, ...names.slice(1, -1).map(id)],
    begin_suppress_tokens: [END],
    ...(isEnglish
      ? {}
      : {
          lang_to_id: Object.fromEntries(LANGUAGES.map((code) => [`<|${code}|>`, id(`<|${code}|>`)])),
          task_to_id: { transcribe: id('<|transcribe|>'), translate: id('<|translate|>') },
        }),
  };
  const vocab_size = noTimestamps + 1 + TIMESTAMPS;
  await writeSyntheticCheckpoint(
    directory,
    { ...config, vocab_size },
    {
      'generation_config.json': JSON.stringify(generation),
      'tokenizer.json': JSON.stringify(tokenizer(names)),
    },
  );
  if (more)
    await writeFile(join(directory, 'generation_config.json'), JSON.stringify({ ...generation, ...more }));
  for (const name of without) await rm(join(directory, name));
}

/** As Whisper's vocabularies have them, in their order. */
function specialTokens(isEnglish: boolean): string[] {
  const languages = isEnglish ? [] : LANGUAGES.map((code) => `<|${code}|>`);
  const tasks = isEnglish ? [] : ['<|translate|>', '<|transcribe|>'];
  return [
    '<|endoftext|>',
    '<|startoftranscript|>',
    ...languages,
    ...tasks,
    '<|startofprev|>',
    '<|nospeech|>',
    '<|notimestamps|>',
  ];
}

function tokenizer(names: readonly string[]): object {
  const added = names.map((content, i) => ({ id: END + i, content, special: true, normalized: false }));
  const timestamps = Array.from({ length: TIMESTAMPS }, (_, i) => ({
    id: END + names.length + i,
    content: `<|${(i * 0.02).toFixed(2)}|>`,
    special: false,
    normalized: false,
  }));
  return {
    added_tokens: [...added, ...timestamps],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '<|startoftranscript|>' } },
        { Sequence: { id: 'A' } },
        { SpecialToken: { id: '<|endoftext|>' } },
      ],
      special_tokens: {
        '<|startoftranscript|>': { ids: [END + 1] },
        '<|endoftext|>': { ids: [END] },
      },
    },
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(byteCharacters.map((character, byte) => [character, byte])),
      merges: [],
    },
  };
}

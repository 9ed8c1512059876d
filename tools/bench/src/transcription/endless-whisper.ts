import { whisperJson, whisperSizes, writeSyntheticCheckpoint } from '@triptych/reference';

const VOCABULARY = 51_865;
const END = 50_257;
/** Ids of the official multilingual checkpoints of 99 languages. */
const SPECIAL = {
  start: 50_258,
  english: 50_259,
  translate: 50_358,
  transcribe: 50_359,
  previous: 50_361,
  noTimestamps: 50_363,
};

const generation = {
  decoder_start_token_id: SPECIAL.start,
  eos_token_id: END,
  pad_token_id: END,
  bos_token_id: END,
  is_multilingual: true,
  lang_to_id: { '<|en|>': SPECIAL.english },
  task_to_id: { translate: SPECIAL.translate, transcribe: SPECIAL.transcribe },
  prev_sot_token_id: SPECIAL.previous,
  no_timestamps_token_id: SPECIAL.noTimestamps,
  max_initial_timestamp_index: 50,
  max_length: 448,
  begin_suppress_tokens: [220, END],
  // The end, too: what is written is as long as it may be.
  suppress_tokens: Array.from({ length: SPECIAL.noTimestamps - END }, (_, i) => END + i),
  return_timestamps: false,
};

/**
 * Writes a HuggingFace checkpoint of whisper-tiny's shape and vocabulary with synthetic weights, which never ends what it writes: whoever
 * computes it writes as many tokens as it is asked for.
 */
export function writeEndlessWhisper(directory: string): Promise<void> {
  const { d_model, encoder_attention_heads: heads } = whisperSizes.tiny;
  const config = {
    ...whisperJson(whisperSizes.tiny),
    architectures: ['WhisperForConditionalGeneration'],
    decoder_layers: 4,
    decoder_attention_heads: heads,
    decoder_ffn_dim: 4 * d_model,
    vocab_size: VOCABULARY,
    max_target_positions: 448,
    ...{ decoder_start_token_id: SPECIAL.start, eos_token_id: END, pad_token_id: END, bos_token_id: END },
  };
  return writeSyntheticCheckpoint(directory, config, {
    'generation_config.json': JSON.stringify(generation),
    'tokenizer.json': JSON.stringify(tokenizer()),
  });
}

/** Words of letters that mean nothing, as many as whisper-tiny's vocabulary has. */
function tokenizer(): object {
  const vocab = Object.fromEntries(Array.from({ length: END }, (_, id) => [`Ġ${id.toString(36)}`, id]));
  const added_tokens = Array.from({ length: SPECIAL.noTimestamps + 1 - END }, (_, i) => ({
    id: END + i,
    content: `<|${END + i}|>`,
    special: true,
    normalized: false,
  }));
  return {
    added_tokens,
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab, merges: [] },
  };
}

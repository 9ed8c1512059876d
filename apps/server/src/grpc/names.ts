import {
  AudioContext,
  AudioEncoding,
  EmbeddingEncoding,
  PixelFormat,
  RankFusionRule,
  SpeechTask,
  TailPolicy,
  VectorFusionRule,
} from '@triptych/protocol';

/** The numbers of an enum of the API, by the names that the engine has for them. */
type Numbers = Readonly<Record<string, number>>;

export const audioContexts = {
  padded: AudioContext.AUDIO_CONTEXT_PADDED,
  trimmed: AudioContext.AUDIO_CONTEXT_TRIMMED,
} as const;

export const audioEncodings = {
  s16le: AudioEncoding.AUDIO_ENCODING_PCM_S16LE,
  f32le: AudioEncoding.AUDIO_ENCODING_PCM_F32LE,
  mulaw: AudioEncoding.AUDIO_ENCODING_PCM_MULAW,
  container: AudioEncoding.AUDIO_ENCODING_CONTAINER,
} as const;

export const tails = { emit: TailPolicy.TAIL_POLICY_EMIT, drop: TailPolicy.TAIL_POLICY_DROP } as const;

export const speechTasks = {
  transcribe: SpeechTask.SPEECH_TASK_TRANSCRIBE,
  translate: SpeechTask.SPEECH_TASK_TRANSLATE,
} as const;

export const pixelFormats = {
  rgb: PixelFormat.PIXEL_FORMAT_RGB8,
  rgba: PixelFormat.PIXEL_FORMAT_RGBA8,
  grey: PixelFormat.PIXEL_FORMAT_GRAY8,
  'rgb-float': PixelFormat.PIXEL_FORMAT_RGB_F32LE,
} as const;

/** A list travels as float32, too. */
export const embeddingEncodings = {
  float32: EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT32,
  float16: EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT16,
  int8: EmbeddingEncoding.EMBEDDING_ENCODING_RAW_INT8,
} as const;

export const vectorFusionRules = {
  mean: VectorFusionRule.VECTOR_FUSION_RULE_MEAN,
  geodesic: VectorFusionRule.VECTOR_FUSION_RULE_GEODESIC,
  principal: VectorFusionRule.VECTOR_FUSION_RULE_PRINCIPAL,
  max: VectorFusionRule.VECTOR_FUSION_RULE_MAX,
} as const;

export const rankFusionRules = {
  'z-score': RankFusionRule.RANK_FUSION_RULE_Z_SCORE,
  'min-max': RankFusionRule.RANK_FUSION_RULE_MIN_MAX,
  'mean-cosine': RankFusionRule.RANK_FUSION_RULE_MEAN_COSINE,
  'reciprocal-rank': RankFusionRule.RANK_FUSION_RULE_RECIPROCAL_RANK,
} as const;

/**
 * The name of an enum's number: undefined where it is unset; of one that is not known, the number itself, which the engine
 * refuses as any other name that it does not know.
 */
export function nameOf(numbers: Numbers, number: number): string | undefined {
  if (number === 0) return undefined;
  for (const name in numbers) if (numbers[name] === number) return name;
  return String(number);
}

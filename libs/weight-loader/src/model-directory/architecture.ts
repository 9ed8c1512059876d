import { TriptychError } from '@triptych/core';

export type Architecture = 'whisper-encoder' | 'clip';

interface ArchitectureEntry {
  readonly architecture: Architecture;
  /** Which of a checkpoint's tensors the served encoders need. */
  readonly keeps: (canonicalName: string) => boolean;
  /** The checkpoint's tokenizer is part of the model. */
  readonly takesText: boolean;
}

const whisper: ArchitectureEntry = {
  architecture: 'whisper-encoder',
  keeps: (name) => name.startsWith('encoder.'),
  takesText: false,
};

const clip: ArchitectureEntry = {
  architecture: 'clip',
  // Tables of consecutive numbers, which older versions of transformers stored as weights.
  keeps: (name) => !name.endsWith('.position_ids'),
  takesText: true,
};

const known: Record<string, ArchitectureEntry> = {
  whisper,
  WhisperModel: whisper,
  WhisperForConditionalGeneration: whisper,
  WhisperEncoder: whisper,
  'whisper-encoder': whisper,
  clip,
  CLIPModel: clip,
  CLIPVisionModelWithProjection: clip,
  clip_vision_model: clip,
  CLIPTextModelWithProjection: clip,
  clip_text_model: clip,
};

/** Finds the architecture by a checkpoint's class, model type or our own name for it; the first known one counts. */
export function findArchitecture(names: readonly (string | undefined)[], file: string): ArchitectureEntry {
  for (const name of names) {
    if (name !== undefined && Object.hasOwn(known, name)) return known[name];
  }
  const found = names.filter((n) => n !== undefined).join(', ') || 'none';
  throw new TriptychError(
    'ARCHITECTURE_UNKNOWN',
    `${file}: architecture ${found} is not served; expected one of ${Object.keys(known).join(', ')}`,
  );
}

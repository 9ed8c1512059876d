import { whisperDecoderFiles, whisperSpeech, whisperTower } from '@triptych/audio-encoder';
import { messageOf } from '@triptych/core';
import type { FamilyModel, ModelDescription, ModelFamily } from './model-family.js';

/** Whispers (Radford et al. 2022): the encoder, and what writes what is said where a checkpoint has all that takes. */
export const whisper: ModelFamily = {
  name: 'whisper-encoder',
  classes: ['WhisperModel', 'WhisperForConditionalGeneration', 'WhisperEncoder'],
  modelTypes: ['whisper'],
  names: {
    renames: [
      // What `WhisperForConditionalGeneration` puts before every name.
      [/^model\./, ''],
      // What other converters call it.
      [/^encoder\.position_embedding$/, 'encoder.embed_positions.weight'],
    ],
    keeps: /^encoder\./,
  },
  files: { required: [], optional: whisperDecoderFiles },
  decoder: { tensors: /^decoder\./, files: whisperDecoderFiles },
  read: (description) => ({
    audio: whisperTower(description.config, description.preprocessor),
    ...speechOf(description),
  }),
};

/** A checkpoint whose decoder cannot be made use of is served for its vectors all the same. */
function speechOf({
  config,
  preprocessor,
  decoder,
}: ModelDescription): Pick<FamilyModel, 'speech' | 'speechLacks'> {
  if (!decoder) return { speechLacks: 'it holds no weights of a decoder' };
  try {
    return { speech: whisperSpeech(config, preprocessor, decoder) };
  } catch (thrown) {
    return { speechLacks: messageOf(thrown) };
  }
}

import { whisperTower } from '@triptych/audio-encoder';
import type { ModelFamily } from './model-family.js';

/** Encoders of Whisper (Radford et al. 2022). */
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
  files: { required: [], optional: [] },
  read: ({ config, preprocessor }) => ({ audio: whisperTower(config, preprocessor) }),
};

// Original file: ../../proto/triptych/v1/audio.proto

import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from '../../triptych/v1/ModelStamp.js';
import type { AudioStreamConfig as _triptych_v1_AudioStreamConfig, AudioStreamConfig__Output as _triptych_v1_AudioStreamConfig__Output } from '../../triptych/v1/AudioStreamConfig.js';

export interface AudioStreamReady {
  'stamp'?: (_triptych_v1_ModelStamp | null);
  'config'?: (_triptych_v1_AudioStreamConfig | null);
  'dimensions'?: (number);
  'frameMs'?: (number | string);
  'sampleRateHz'?: (number);
}

export interface AudioStreamReady__Output {
  'stamp': (_triptych_v1_ModelStamp__Output | null);
  'config': (_triptych_v1_AudioStreamConfig__Output | null);
  'dimensions': (number);
  'frameMs': (number);
  'sampleRateHz': (number);
}

// Original file: ../../proto/triptych/v1/audio.proto

import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from '../../triptych/v1/ModelStamp.js';
import type { AudioResult as _triptych_v1_AudioResult, AudioResult__Output as _triptych_v1_AudioResult__Output } from '../../triptych/v1/AudioResult.js';

export interface EncodeAudioResponse {
  'stamp'?: (_triptych_v1_ModelStamp | null);
  'results'?: (_triptych_v1_AudioResult)[];
}

export interface EncodeAudioResponse__Output {
  'stamp': (_triptych_v1_ModelStamp__Output | null);
  'results': (_triptych_v1_AudioResult__Output)[];
}

import type { Engine, EngineCall } from '@triptych/engine';
import type { AudioResult, EncodeAudioRequest__Output, EncodeAudioResponse } from '@triptych/protocol';
import { encodedMessage, readEmbeddingOptions } from '../embeddings.js';
import { audioContexts, nameOf } from '../names.js';
import { toItemError } from '../status.js';
import { readClip } from './clips.js';

/** `AudioEncoder.Encode` */
export async function encodeClips(
  engine: Engine,
  { model, clips, context, options: wanted }: EncodeAudioRequest__Output,
  call: EngineCall,
): Promise<EncodeAudioResponse> {
  const { options, encoding } = readEmbeddingOptions(wanted);
  const ids = clips.map(({ id }) => id);
  const request = { model, clips: clips.map(readClip), context: nameOf(audioContexts, context), options };
  const { stamp, results } = await engine.encodeAudio(request, call);
  return {
    stamp,
    results: results.map((result, i): AudioResult => {
      const id = ids[i];
      if ('error' in result) return { id, error: toItemError(result.error) };
      return { id, validFrames: result.validFrames, ...encodedMessage(result, encoding) };
    }),
  };
}

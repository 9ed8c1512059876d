import {
  contextSamples,
  frameSamples,
  readWhisperConfig,
  startAudioEncoder,
  validFrames,
} from '@triptych/audio-encoder';
import type { ServedAudio } from '@triptych/engine';
import type { LoadContext, LoadedEncoders } from './load-model.js';

import { encoderOptions } from './encoder-options.js';

/** Starts the audio encoder of a Whisper checkpoint. */
export async function loadWhisper(context: LoadContext): Promise<LoadedEncoders> {
  const { directory, weights, workers } = context;
  const config = readWhisperConfig(directory.metadata.config, directory.preprocessor);
  const options = encoderOptions(context, 'audio', () => weights.read());
  const encoder = await context.started(startAudioEncoder(config, options));
  const { fingerprint } = weights.identify();
  return {
    audio: {
      encoder,
      // After the model: on two cores its decompression needs both.
      preprocessor: await workers.audio(),
      // The mean over every frame is the default, as the reference has it.
      poolings: ['mean', 'mean-valid', 'none'],
      dimensions: () => config.width,
      sampleRate: config.mel.sampleRate,
      contextSamples: contextSamples(config),
      frameSamples: frameSamples(config),
      validFrames: (samples) => validFrames(config, samples),
      space: audioSpace(directory.metadata.space, fingerprint),
    },
  };
}

/**
 * Names the space of an encoder's vectors. Only the default pooling and context lie in the space that the model's
 * metadata declares; every other choice makes a space of its own.
 */
function audioSpace(declared: string | undefined, fingerprint: string): ServedAudio['space'] {
  const own = fingerprint.slice(0, 16);
  const shared = declared ?? own;
  return (pooling, context) =>
    pooling === 'mean' && context === 'padded' ? shared : `${own}/${context}/${pooling}`;
}

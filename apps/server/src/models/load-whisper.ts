import {
  type AudioPooling,
  contextSamples,
  frameSamples,
  readWhisperConfig,
  startAudioEncoder,
} from '@triptych/audio-encoder';
import { Pooling } from '@triptych/protocol';
import type { LoadContext, LoadedEncoders } from './load-model.js';
import type { ServedAudio } from './served-model.js';
import { encoderOptions } from './encoder-options.js';

/** The mean over every frame is the default, as the reference has it. */
const poolings: Readonly<Record<number, AudioPooling>> = {
  [Pooling.POOLING_UNSPECIFIED]: 'mean',
  [Pooling.POOLING_MEAN]: 'mean',
  [Pooling.POOLING_MEAN_VALID]: 'mean-valid',
  [Pooling.POOLING_NONE]: 'none',
};

/** Starts the audio encoder of a Whisper checkpoint. */
export async function loadWhisper(context: LoadContext): Promise<LoadedEncoders> {
  const { directory, weights, workers } = context;
  const config = readWhisperConfig(directory.metadata.config, directory.preprocessor);
  const options = encoderOptions(context, 'audio', () => weights.read());
  const encoder = await context.started(startAudioEncoder(config, options));
  const { fingerprint } = weights.identify();
  const samples = contextSamples(config);
  const milliseconds = (n: number) => (1000 * n) / config.mel.sampleRate;
  return {
    audio: {
      encoder,
      config,
      // After the model: on two cores its decompression needs both.
      preprocessor: await workers.audio(),
      poolings,
      dimensions: () => config.width,
      contextSamples: samples,
      contextMs: milliseconds(samples),
      frameMs: milliseconds(frameSamples(config)),
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

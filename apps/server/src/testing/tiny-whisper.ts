import { join } from 'node:path';
import { convertCheckpoint } from '@triptych/model-families';
import { type TinyWhisperOptions, writeTinyWhisper } from '@triptych/reference';

/** A model directory with a small Whisper of two seconds, whose weights mean nothing. */
export async function convertTinyWhisper(
  directory: string,
  name: string,
  options?: TinyWhisperOptions,
): Promise<string> {
  const [source, target] = [join(directory, `${name}-hf`), join(directory, name)];
  await writeTinyWhisper(source, options);
  await convertCheckpoint({ source, target, dtype: 'float32', modelName: name, converterVersion: '1' });
  return target;
}

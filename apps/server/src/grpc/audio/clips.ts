import type { AudioClip } from '@triptych/engine';
import type { EncodeAudioRequest__Output } from '@triptych/protocol';
import type { RequestedAudioFormat } from '@triptych/validation';
import { audioEncodings, nameOf } from '../names.js';

type Clip = EncodeAudioRequest__Output['clips'][number];

export function readClip({ format, data }: Clip): AudioClip {
  return { format: readAudioFormat(format), data };
}

export function readAudioFormat(format: Clip['format'] | undefined): RequestedAudioFormat | undefined {
  return format ? { ...format, encoding: nameOf(audioEncodings, format.encoding) } : undefined;
}

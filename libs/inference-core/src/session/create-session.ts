import { InferenceSession } from 'onnxruntime-node';
import type { Device } from '../device/device.js';
import { sessionOptions } from '../device/session-options.js';
import type { ExternalWeight } from './protocol.js';

/** What a session is made of. */
export interface SessionParts {
  readonly model: Uint8Array;
  /** Those that are given to it, and the buffers that they lie in. */
  readonly weights: readonly ExternalWeight[];
  readonly parts: readonly ArrayBuffer[];
  /** Where the files lie that the model takes weights from by itself. */
  readonly folder: string | undefined;
}

/** A session on a device. `threads`: of one run; 0: as many as ONNX Runtime finds cores. */
export function createSession(
  { model, weights, parts, folder }: SessionParts,
  device: Device,
  threads: number,
): Promise<InferenceSession> {
  const { extra, ...options } = sessionOptions(device, threads);
  return InferenceSession.create(model, {
    ...options,
    externalData: weights.map(({ name, part, byteOffset, byteLength }) => ({
      path: name,
      data: new Uint8Array(parts[part], byteOffset, byteLength),
    })),
    extra: {
      session: {
        ...extra.session,
        ...(folder === undefined ? {} : { model_external_initializers_file_folder_path: folder }),
      },
    },
  });
}

import { loadPackageDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import { loadWirePackage } from '@triptych/protocol';

/** Headers of a stream of audio. */
export const streamHeaders = {
  ':method': 'POST',
  ':path': '/triptych.v1.AudioEncoder/EncodeStream',
  'content-type': 'application/grpc',
  te: 'trailers',
};

const { service } = (
  loadPackageDefinition(loadWirePackage('client')) as unknown as {
    triptych: { v1: { AudioEncoder: { service: ServiceDefinition } } };
  }
).triptych.v1.AudioEncoder;

/** A message of it, or a request of clips, as it travels. */
export function framed(request: object, method: 'EncodeStream' | 'Encode' = 'EncodeStream'): Buffer {
  const message = service[method].requestSerialize(request);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

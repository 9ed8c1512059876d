import type { ServiceDefinition } from '@grpc/grpc-js';
import type { Metrics } from '../observability/metrics.js';

/** The same service, with the bytes of its messages counted by method. */
export function countBytes(service: ServiceDefinition, metrics: Metrics): ServiceDefinition {
  const methods = Object.entries(service).map(([name, method]) => {
    const requestDeserialize = (bytes: Buffer): unknown => {
      metrics.message(method.path, 'received', bytes.length);
      return method.requestDeserialize(bytes);
    };
    const responseSerialize = (value: unknown): Buffer => {
      const bytes = method.responseSerialize(value);
      metrics.message(method.path, 'sent', bytes.length);
      return bytes;
    };
    return [name, { ...method, requestDeserialize, responseSerialize }] as const;
  });
  return Object.fromEntries(methods);
}

import type { ServiceDefinition } from '@grpc/grpc-js';
import { messageOf, TriptychError } from '@triptych/core';

/** Stands for a message whose bytes could not be decoded. */
class Malformed {
  constructor(readonly cause: unknown) {}
}

/**
 * The same service, but bytes that are no message reach the handler as one that {@link checkMessage} refuses: the
 * client gets INVALID_ARGUMENT with a reason and what is wrong, where gRPC itself says INTERNAL and nothing more.
 */
export function tolerateMalformed(service: ServiceDefinition): ServiceDefinition {
  const methods = Object.entries(service).map(([name, method]) => {
    const requestDeserialize = (bytes: Buffer): unknown => {
      try {
        return method.requestDeserialize(bytes);
      } catch (thrown) {
        return new Malformed(thrown);
      }
    };
    return [name, { ...method, requestDeserialize }] as const;
  });
  return Object.fromEntries(methods);
}

/** Throws MESSAGE_MALFORMED. */
export function checkMessage<T>(message: T): T {
  if (!(message instanceof Malformed)) return message;
  throw new TriptychError(
    'MESSAGE_MALFORMED',
    `the message cannot be decoded (${messageOf(message.cause)})`,
    {
      cause: message.cause,
    },
  );
}

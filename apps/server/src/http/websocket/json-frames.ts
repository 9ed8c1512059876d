import { fromBinary, fromJsonString, toBinary, toJsonString } from '@bufbuild/protobuf';
import { messageOf, TriptychError } from '@triptych/core';
import { apiRegistry, methodOf } from '../descriptors.js';

/** A method's messages as protobuf's JSON: names in camelCase, enums by name, bytes in base64. */
export interface JsonFrames {
  /** The bytes of a message. Throws MESSAGE_MALFORMED or MESSAGE_TOO_LARGE. */
  readonly read: (text: Buffer) => Buffer;
  readonly write: (bytes: Uint8Array) => string;
}

/** JSON is read at once, on the event loop. */
const MOST_BYTES = 1024 * 1024;

export function jsonFrames(path: string): JsonFrames {
  const { input, output } = methodOf(path);
  const registry = apiRegistry();
  return {
    read: (text) => {
      if (text.length > MOST_BYTES)
        throw new TriptychError(
          'MESSAGE_TOO_LARGE',
          `a frame of ${text.length} bytes of JSON; expected at most ${MOST_BYTES}, or protobuf in a binary frame`,
        );
      try {
        return Buffer.from(toBinary(input, fromJsonString(input, text.toString(), { registry })));
      } catch (cause) {
        const message = `the frame is no ${input.name} in JSON (${messageOf(cause)})`;
        throw new TriptychError('MESSAGE_MALFORMED', message, { cause });
      }
    },
    write: (bytes) => toJsonString(output, fromBinary(output, bytes), { registry }),
  };
}

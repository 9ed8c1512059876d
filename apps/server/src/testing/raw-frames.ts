/** What a client of HTTP/2 says first. */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Types of frames (RFC 9113, section 6). */
const frameTypes = { headers: 1, reset: 3, settings: 4, goaway: 7 } as const;

/** A frame as it travels. */
export function frame(
  type: keyof typeof frameTypes,
  { flags = 0, stream = 0, payload = [] }: { flags?: number; stream?: number; payload?: readonly number[] },
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = frameTypes[type];
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, Buffer.from(payload)]);
}

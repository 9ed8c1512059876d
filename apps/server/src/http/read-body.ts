import type { IncomingMessage } from 'node:http';
import { abortError, TriptychError } from '@triptych/core';
import type { HttpCall } from './call.js';
import { HttpError } from './status.js';

/**
 * Reads a request's body, its bytes counted as they come. Throws MESSAGE_TOO_LARGE, OVERLOADED where there is no room for it, and what
 * the call is ended with meanwhile.
 */
export async function readBody(
  request: IncomingMessage,
  { arriving, open, signal }: HttpCall,
  maxBytes: number,
): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new HttpError(415, `the body is compressed (${encoding}); send it as it is`, {
      'accept-encoding': 'identity',
    });
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge(announced, maxBytes);
  const parts: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    const onData = (bytes: Buffer) => {
      open.arrived += bytes.length;
      arriving.came(bytes.length);
      const { refusal } = arriving;
      if (open.arrived > maxBytes) fail(tooLarge(open.arrived, maxBytes));
      else if (refusal) fail(refusal);
      else parts.push(bytes);
    };
    const onEnd = () => {
      leave();
      resolve();
    };
    const onAbort = () => fail(abortError(signal));
    const leave = () => {
      request.off('data', onData).off('end', onEnd).off('error', onAbort).off('close', onAbort);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (error: TriptychError) => {
      leave();
      parts.length = 0;
      arriving.taken();
      // What breaks off while its refusal is written is nobody's error.
      request.on('error', () => undefined);
      reject(error);
    };
    request.on('data', onData).once('end', onEnd).once('error', onAbort).once('close', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  open.arrived = 0;
  open.active = Infinity;
  open.isHandled = true;
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

function tooLarge(bytes: number, maxBytes: number): TriptychError {
  return new TriptychError(
    'MESSAGE_TOO_LARGE',
    `the body has ${bytes} bytes or more; this server reads ${maxBytes}: send fewer items in a request`,
  );
}

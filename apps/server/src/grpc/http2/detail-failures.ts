import type { Http2Server, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { status as grpcStatus } from '@grpc/grpc-js';
import type { Reason } from '@triptych/core';
import { encodeStatus } from '@triptych/protocol';
import { clip } from '../../calls/public-error.js';
import { DETAILS_KEY } from '../status.js';

/** Why grpc-js and the services that come with it fail a call by themselves, by the status they give it. */
const reasons: Readonly<Record<number, Reason>> = {
  [grpcStatus.CANCELLED]: 'CANCELLED',
  [grpcStatus.DEADLINE_EXCEEDED]: 'DEADLINE_PASSED',
  [grpcStatus.NOT_FOUND]: 'SERVICE_UNKNOWN',
  [grpcStatus.RESOURCE_EXHAUSTED]: 'MESSAGE_TOO_LARGE',
  [grpcStatus.UNIMPLEMENTED]: 'NOT_IMPLEMENTED',
  [grpcStatus.INTERNAL]: 'PROTOCOL_ERROR',
  [grpcStatus.UNAVAILABLE]: 'DRAINING',
};

/** Gives details to the failures that no handler of ours sees: an unknown method, a message that is too large. */
export function detailFailures(http2: Http2Server): void {
  http2.prependListener('stream', (stream: ServerHttp2Stream) => {
    const respond = stream.respond.bind(stream);
    stream.respond = (headers, options) => respond(headers && detailed(headers), options);
    const sendTrailers = stream.sendTrailers.bind(stream);
    stream.sendTrailers = (trailers) => sendTrailers(detailed(trailers));
  });
}

function detailed(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const code = Number(headers['grpc-status'] ?? 0);
  if (code === 0 || DETAILS_KEY in headers) return headers;
  const message = clip(decoded(String(headers['grpc-message'] ?? '')));
  const status = encodeStatus(code, message, { reason: reasons[code] ?? 'INTERNAL', violations: [] });
  return { ...headers, [DETAILS_KEY]: status.toString('base64') };
}

/** A message is percent-encoded, but for that of an unknown method, which quotes what the client wrote. */
function decoded(message: string): string {
  try {
    return decodeURI(message);
  } catch {
    return message;
  }
}

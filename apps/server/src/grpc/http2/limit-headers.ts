import type { Http2Server } from 'node:http2';

/** What HTTP/2 adds to each header's name and value when it counts them (RFC 9113, section 6.5.2). */
const ENTRY_BYTES = 32;
/** Headers of gRPC itself, and as many entries as Node takes. */
const OVERHEAD_BYTES = 4096 + 128 * ENTRY_BYTES;
/** Up to here metadata that is too long is answered with a reason; beyond, its stream is reset. */
const LEAST_BYTES = 64 * 1024;

/**
 * Tells clients how long the headers of a call may be, so that they do not send longer ones (gRPC's for C++, Python, Go and Java
 * fail the call themselves), and resets the streams of those who do, where HTTP/2 would take any length up to what ends the
 * connection.
 */
export function limitHeaders(http2: Http2Server, maxMetadataBytes: number): void {
  http2.updateSettings({ maxHeaderListSize: Math.max(LEAST_BYTES, maxMetadataBytes + OVERHEAD_BYTES) });
}

import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** What a connection hears whose bytes are no request, and is then closed. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, detail] = meaningOf(error.code);
  const body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  // Whoever does not read that is not waited for.
  setTimeout(() => socket.destroy(), 1000).unref();
}

function meaningOf(code: string | undefined): [status: number, detail: string] {
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'the headers are longer than this server takes'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'the headers did not come in time'];
  return [400, 'these bytes are no request of HTTP/1.1'];
}

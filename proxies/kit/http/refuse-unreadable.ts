/**
 * Answers what Node's HTTP/1.1 parser cannot read, so that the answer arrives: a connection that is closed
 * with bytes unread is reset, and the reset may overtake the answer. Node's own way closes at once.
 */
import type { Server } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import { endAndLinger } from './closing.ts';

const statuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** In place of what Node does without a listener of `clientError`; the statuses are its own. */
export function refuseUnreadable(server: Server | Http2SecureServer): void {
  // An HTTP/2 server tells of its HTTP/1.1 connections, too, but for its types.
  (server as Server).on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const answering = answerOf(socket);
    if (socket.writable && error.code !== 'ECONNRESET' && !answering?.headersSent) {
      const status = statuses[error.code ?? ''] ?? '400 Bad Request';
      socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
      if (!answering) {
        // With a listener of our own the parser no longer takes the bytes from the connection itself.
        socket.removeAllListeners('data').on('data', () => undefined);
        endAndLinger(socket.on('error', () => undefined));
        return;
      }
    }
    // Also ends what a request has begun, of which this was the body.
    socket.destroy();
  });
}

/** The answer that is under way. Node has no public name for it. */
function answerOf(socket: Socket): { readonly headersSent: boolean } | undefined {
  const answer: unknown = Reflect.get(socket, '_httpMessage');
  if (typeof answer !== 'object' || answer === null) return undefined;
  return { headersSent: Reflect.get(answer, 'headersSent') === true };
}

/** Tells clients that speak HTTP to the HTTPS port what is wrong, as Go's server does. */
import type { Http2SecureServer } from 'node:http2';
import { Socket } from 'node:net';

const answer = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';

export function answerPlainHttp(server: Http2SecureServer): void {
  server.on('tlsClientError', (error: Error, tlsSocket) => {
    if (!('code' in error) || error.code !== 'ERR_SSL_HTTP_REQUEST') return;
    // TLS has ended, but the connection below it takes one more answer. Node has no public name for it.
    const connection: unknown = Reflect.get(tlsSocket, '_parent');
    if (connection instanceof Socket && connection.writable) connection.end(answer);
  });
}

/** An upgrade to no protocol in particular: greets, and sends back each piece with `ECHO:` before it. */
import { createHash } from 'node:crypto';
import type { Upgrade } from './exchange.ts';

const webSocketGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Accepts whatever is asked for, a WebSocket too, and then speaks the recorded backend's bytes. */
export function takeRawUpgrade({ request, socket, head, serverName, stopping }: Upgrade): void {
  const asked = request.headers.upgrade ?? '';
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    `Upgrade: ${asked}`,
    'Connection: Upgrade',
    `X-Backend: ${serverName}`,
    ...(asked.toLowerCase() === 'websocket' ? webSocketHeaders(request.headers) : []),
  ];
  socket.on('error', () => socket.destroy());
  socket.write(`${lines.join('\r\n')}\r\n\r\nHELLO-FROM-BACKEND\n`, 'latin1');
  const echo = (chunk: Buffer) => {
    if (!socket.write(Buffer.concat([Buffer.from('ECHO:'), chunk]))) {
      socket.pause();
      socket.once('drain', () => socket.resume());
    }
  };
  if (head.length > 0) echo(head);
  socket.on('data', echo);
  socket.once('end', () => socket.end());
  stopping.addEventListener('abort', () => socket.end(), { once: true });
}

function webSocketHeaders(headers: Upgrade['request']['headers']): readonly string[] {
  const key = headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1').update(`${key}${webSocketGuid}`).digest('base64');
  const [protocol] = (headers['sec-websocket-protocol'] ?? '').split(',');
  return [
    `Sec-WebSocket-Accept: ${accept}`,
    ...(protocol ? [`Sec-WebSocket-Protocol: ${protocol.trim()}`] : []),
  ];
}

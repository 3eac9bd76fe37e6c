/** Upgraded connections of the oracle upstream. */
import { finish, raw, type Exchange } from './oracle-reply.ts';
import { ConnectionGone } from './wire-reader.ts';

/** The last segments of paths that can be upgraded. */
export const tunnels = ['ws', 'exec', 'attach', 'portforward', 'wsgreet'];

/** 101, and from then on every byte comes back; a greeting ends when the client says bye. */
export async function tunnel(exchange: Exchange, isGreeting: boolean): Promise<boolean> {
  const { connection, headers } = exchange;
  const negotiated = [
    ['sec-websocket-protocol', 'Sec-WebSocket-Protocol'],
    ['x-stream-protocol-version', 'X-Stream-Protocol-Version'],
  ].flatMap(([key = '', name = '']) => {
    const offered = headers.get(key);
    return offered === undefined ? [] : [`${name}: ${(offered.split(',')[0] ?? '').trim()}`];
  });
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    `Upgrade: ${headers.get('upgrade') ?? ''}`,
    `X-Upstream: ${connection.isTls ? 'tls' : 'plain'}`,
    `X-Client-Cert: ${connection.clientCertificate ?? 'none'}`,
    ...negotiated,
    '\r\n',
  ];
  raw(exchange, lines.join('\r\n') + (isGreeting ? 'hello' : ''), false);
  let received = '';
  try {
    for (;;) {
      const bytes = await connection.reader.takeSome();
      received += bytes;
      raw(exchange, bytes, false);
      if (isGreeting && received.includes('bye')) return await finish(exchange);
    }
  } catch (error) {
    if (!(error instanceof ConnectionGone)) throw error;
    connection.note('upgraded-connection-ended', `${received.length} bytes`);
    return false;
  }
}

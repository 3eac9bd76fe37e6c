/** A request written to a socket byte by byte: no client library that tidies it up on the way. */
import { connect } from 'node:net';

export interface RawAnswer {
  /** 0 where what came back is not HTTP. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly target: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Sends one HTTP/1.1 request and reads until the server closes. Resolves with status 0 when the
 * connection is refused, reset, or answers something else.
 */
export async function sendRaw(
  to: { readonly host: string; readonly port: number },
  { method = 'GET', target, host = 'localhost', headers = {} }: RawRequest,
): Promise<RawAnswer> {
  const head = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${host}`,
    'Accept-Encoding: identity',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  return parseAnswer(await exchange(to, `${head.join('\r\n')}\r\n\r\n`));
}

function exchange(
  to: { readonly host: string; readonly port: number },
  bytes: string,
): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(to.port, to.host, () => socket.write(bytes, 'latin1'));
    socket.setTimeout(5000, () => socket.destroy());
    socket.setEncoding('latin1').on('data', (text: string) => (received += text));
    socket.on('error', () => undefined); // Reported as what had arrived until then.
    socket.on('close', () => resolve(received));
  });
}

function parseAnswer(received: string): RawAnswer {
  const end = received.indexOf('\r\n\r\n');
  const lines = received.slice(0, Math.max(end, 0)).split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(lines[0] ?? '')?.[1] ?? 0);
  const headers = new Map<string, string>();
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { status, headers, body: end < 0 ? '' : received.slice(end + 4) };
}

/** What the oracle upstream answers: an echo of the request, or what the path's last segment names. */
import { behaviours } from './oracle-behaviours.ts';
import { bodies } from './oracle-bodies.ts';
import { closing, reply, type Exchange } from './oracle-reply.ts';
import { tunnel, tunnels } from './oracle-tunnel.ts';
import type { OracleConnection, SeenRequest } from './oracle-upstream.ts';
import { ConnectionGone } from './wire-reader.ts';

/** Reads the request's body and answers. @throws ConnectionGone */
export async function answer(connection: OracleConnection, seen: SeenRequest): Promise<boolean> {
  const lines = seen.raw.split('\r\n');
  const [method = '', target = ''] = (lines[0] ?? '').split(' ');
  const headers = parseHeaders(lines.slice(1));
  const name = /([^/]*)\/*$/.exec(target.split('?')[0] ?? '')?.[1] ?? '';
  const exchange: Exchange = { connection, seen, method, target, headers };

  if (name === 'early-response')
    return reply(exchange, { status: 413, body: 'too large\n', extra: closing });
  if (/100-continue/i.test(headers.get('expect') ?? '')) {
    if (name === 'expectfail')
      return reply(exchange, { status: 417, body: 'no\n', extra: closing });
    connection.socket.write('HTTP/1.1 100 Continue\r\n\r\n');
  }
  await readBody(exchange);

  const status = /^status-(\d+)$/.exec(name)?.[1];
  if (status) return answerStatus(exchange, Number(status));
  const isUpgrade = /upgrade/i.test(headers.get('connection') ?? '');
  if (isUpgrade && tunnels.includes(name)) return tunnel(exchange, name === 'wsgreet');
  const behave = behaviours[name];
  return behave ? behave(exchange) : reply(exchange, { body: seen.raw });
}

function parseHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon === -1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const before = headers.get(name);
    const value = line.slice(colon + 1).trim();
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}

async function readBody({ connection, seen, headers, target }: Exchange): Promise<void> {
  const { reader } = connection;
  try {
    if (/chunked/i.test(headers.get('transfer-encoding') ?? '')) {
      for (let size = -1; size !== 0;) {
        const line = await reader.takeUntil('\r\n');
        seen.raw += line;
        size = Number.parseInt(line, 16) || 0;
        if (size > 0) seen.raw += await reader.takeBytes(size + 2);
      }
      for (let line = ''; line !== '\r\n'; seen.raw += line) line = await reader.takeUntil('\r\n');
    } else seen.raw += await reader.takeBytes(Number(headers.get('content-length') ?? 0));
  } catch (error) {
    if (!(error instanceof ConnectionGone)) throw error;
    seen.raw += reader.buffered;
    seen.truncated = true;
    connection.note('request-body-truncated', target);
    throw error;
  }
}

function answerStatus(exchange: Exchange, status: number): boolean {
  if (status < 400) return reply(exchange, { status, body: `status ${status}\n` });
  const extra = status === 401 ? [['WWW-Authenticate', 'Basic realm="oracle"'] as const] : [];
  return reply(exchange, { status, body: bodies.status(status), type: 'application/json', extra });
}

/** Plays recorded cases against the stage, and says what came back. */
import { connect } from 'node:tls';
import { once } from 'node:events';
import type {
  RecordedCase,
  RecordedUpgrade,
} from '../../../../proxies/apiserver-proxy/recorded/recorded-case.ts';
import { RawClient } from '../../../../proxies/kubectl-proxy/recorded/raw-client.ts';
import { stageAddress } from './stage.ts';

/** What came back. Bytes are text with one character each. */
export interface Observation {
  readonly id: string;
  /** Absent where the connection was dropped without an answer. */
  readonly response?: {
    readonly status: number;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: string;
    readonly isComplete: boolean;
  };
  readonly isClosed: boolean;
  /** What came through an upgraded connection, the backend's greeting first. */
  readonly tunnel: string;
}

const greeting = 'HELLO-FROM-BACKEND\n';
/** How long the connection of an upgrade is watched where nobody says that it closes. */
const watchMs = 100;

export async function playCase({ id, request }: RecordedCase): Promise<Observation> {
  return play(id, curlRequest(request));
}

export async function playUpgrade(upgrade: RecordedUpgrade): Promise<Observation> {
  return play(upgrade.id, `${upgrade.sent.join('\r\n')}\r\n\r\n`, upgrade);
}

async function play(id: string, bytes: string, upgrade?: RecordedUpgrade): Promise<Observation> {
  // The stage's certificate is of this run; whose it is is no question here.
  const socket = connect({
    ...stageAddress,
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  });
  await once(socket, 'secureConnect');
  const client = new RawClient(socket);
  try {
    await client.send(bytes);
    await client.perform({ do: 'wait-response', count: 1 });
    const isContinued = client.parse().responses[0]?.status === 100;
    if (isContinued) await client.perform({ do: 'wait-response', count: 2 });
    const tunnel = upgrade?.tunnel;
    if (tunnel) {
      await client.perform({ do: 'wait-bytes', count: greeting.length });
      await client.send(tunnel.sent);
      await client.perform({ do: 'wait-bytes', count: greeting.length + tunnel.received.length });
    }
    const isEnd = client.parse().responses.some(({ headers }) => isLast(headers));
    if (upgrade || isEnd) await client.observe(1, isEnd || upgrade?.closed === true, watchMs);
    const response = client.parse().responses.find(({ status }) => status >= 200 || status === 101);
    return {
      id,
      ...(response && {
        response: {
          status: response.status,
          headers: response.headers,
          body: response.body,
          isComplete: response.complete,
        },
      }),
      isClosed: client.isClosed,
      tunnel: response?.tunnel ?? '',
    };
  } finally {
    client.destroy();
  }
}

function isLast(headers: readonly (readonly [string, string])[]): boolean {
  return headers.some(([name, value]) => /^connection$/i.test(name) && /^close$/i.test(value));
}

/** The bytes that curl 7.88 sent for a case. */
function curlRequest({ method, path, headers, token, body }: RecordedCase['request']): string {
  const own = headers.map((line) => line.split(/: ?(.*)/s));
  const isOwn = (name: string) =>
    own.some(([other = '']) => other.toLowerCase() === name.toLowerCase());
  const byDefault = [
    ['Host', `${stageAddress.host}:${stageAddress.port}`],
    ['User-Agent', 'curl/7.88.1'],
    ['Accept', '*/*'],
    ...(token === undefined ? [] : [['Authorization', `Bearer ${token}`]]),
  ].filter(([name = '']) => !isOwn(name));
  const isChunked = isOwn('Transfer-Encoding');
  const length = Buffer.byteLength(body ?? '');
  const ofBody =
    body === undefined
      ? []
      : [
          ...(isChunked ? [] : [['Content-Length', String(length)]]),
          ...(isOwn('Content-Type') ? [] : [['Content-Type', 'application/x-www-form-urlencoded']]),
        ];
  const lines = [...byDefault, ...own.filter(([, value = '']) => value !== ''), ...ofBody].map(
    ([name = '', value = '']) => `${name}: ${value}\r\n`,
  );
  const framed = isChunked ? `${length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : (body ?? '');
  const request = `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${framed}`;
  return Buffer.from(request).toString('latin1');
}

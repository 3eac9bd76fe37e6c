/** A connection through `proxy-url`: CONNECT over http or https, or SOCKS 5. */
import type { Socket } from 'node:net';
import { SocksClient } from 'socks';
import { dial, goAddress, type DialOptions } from './dial.ts';
import type { TlsClient } from './tls-client.ts';

export interface TunnelProxy {
  readonly url: URL;
  /** Shakes hands with an `https` proxy. */
  readonly tls: (hostname: string) => TlsClient;
}

const defaultPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'socks5:': 1080,
};

/** Rejects with an `Error` in Go's wording (`proxyconnect tcp: dial tcp …`). */
export async function openTunnel(
  { url, tls }: TunnelProxy,
  hostname: string,
  port: number,
  options: DialOptions,
): Promise<Socket> {
  const proxyHost = url.hostname.replace(/^\[|\]$/g, '');
  const proxyPort = url.port === '' ? (defaultPorts[url.protocol] ?? 80) : Number(url.port);
  const dialOptions = { signal: options.signal, keepAliveMs: options.keepAliveMs };
  const isSocks = url.protocol === 'socks5:';
  const prefix = isSocks
    ? `socks connect tcp ${goAddress(proxyHost, proxyPort)}->${goAddress(hostname, port)}: `
    : 'proxyconnect tcp: ';
  const reached = await (
    url.protocol === 'https:'
      ? tls(proxyHost).connect(proxyPort, dialOptions)
      : dial(proxyHost, proxyPort, dialOptions)
  ).catch((error: unknown) => {
    throw new Error(`${prefix}${(error as Error).message}`);
  });
  const onAbort = () => reached.destroy(new Error('context canceled'));
  options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (isSocks) await askSocks(reached, url, hostname, port, prefix);
    else await askConnect(reached, url, goAddress(hostname, port));
    return reached;
  } catch (error) {
    reached.on('error', () => undefined).destroy();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
  }
}

/** What a user and a password in the proxy's URL come to. */
function userOf(url: URL): { readonly name: string; readonly password: string } | null {
  if (url.username === '' && url.password === '') return null;
  return { name: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
}

const answerTimeoutMs = 60_000;
const answerLimitBytes = 64 * 1024;

async function askConnect(socket: Socket, url: URL, target: string): Promise<void> {
  const user = userOf(url);
  const basic = user && Buffer.from(`${user.name}:${user.password}`).toString('base64');
  socket.write(
    [
      `CONNECT ${target} HTTP/1.1`,
      `Host: ${target}`,
      'User-Agent: hop',
      ...(basic === null ? [] : [`Proxy-Authorization: Basic ${basic}`]),
      '',
      '',
    ].join('\r\n'),
  );
  const head = await readHead(socket);
  const [, status, reason] = /^HTTP\/1\.[01] (\d{3})(?: (.*))?/.exec(head) ?? [];
  if (status === undefined) {
    throw new Error(`malformed HTTP response ${JSON.stringify(head.split('\r\n')[0])}`);
  }
  if (status !== '200') throw new Error(reason?.trim() ?? 'unknown status code');
}

/** Reads up to the empty line, and puts back what came after it. */
function readHead(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const settle = () => {
      clearTimeout(timer);
      socket.removeListener('readable', onReadable);
      socket.removeListener('error', fail).removeListener('end', onEnd);
    };
    const fail = (error: Error) => {
      settle();
      reject(error);
    };
    const onEnd = () => fail(new Error('unexpected EOF'));
    const onReadable = () => {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf('\r\n\r\n');
      if (end === -1) {
        if (seen.length > answerLimitBytes) fail(new Error('proxy: answer header too long'));
        return;
      }
      settle();
      const rest = seen.subarray(end + 4);
      if (rest.length > 0) socket.unshift(rest);
      resolve(seen.toString('latin1', 0, end));
    };
    const timer = setTimeout(() => fail(new Error('i/o timeout')), answerTimeoutMs);
    socket.on('readable', onReadable).once('error', fail).once('end', onEnd);
  });
}

async function askSocks(
  socket: Socket,
  url: URL,
  host: string,
  port: number,
  prefix: string,
): Promise<void> {
  const user = userOf(url);
  try {
    await SocksClient.createConnection({
      proxy: {
        host: url.hostname,
        port: Number(url.port || defaultPorts['socks5:']),
        type: 5,
        ...(user && { userId: user.name, password: user.password }),
      },
      command: 'connect',
      destination: { host, port },
      existing_socket: socket,
      timeout: answerTimeoutMs,
    });
  } catch (error) {
    throw new Error(`${prefix}${(error as Error).message}`);
  }
}

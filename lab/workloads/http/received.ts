/** What reached a server: the request as it was read from the wire, and who stood at both ends. */
import { createHash } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import type { Exchange } from './exchange.ts';

export interface Received {
  readonly method: string;
  /** As it came. A byte beyond ASCII is one character, U+0080 to U+00FF. */
  readonly target: string;
  /** `1.1` */
  readonly httpVersion: string;
  /** In the order and the letters they came in, repeated ones too. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly trailers: readonly (readonly [name: string, value: string])[];
  readonly body: ReceivedBody;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly tls: ReceivedTls | null;
  readonly pod: { readonly name: string; readonly namespace: string; readonly node: string };
  readonly container: string;
}

export interface ReceivedBody {
  readonly sizeBytes: number;
  readonly sha256: string;
  /** The first of it: text where it is text, else base64. */
  readonly text?: string;
  readonly base64?: string;
  /** True where there was more than is shown. */
  readonly isTruncated: boolean;
}

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

interface ReceivedTls {
  readonly protocol: string;
  readonly cipher: string;
  /** What the client asked for by SNI. */
  readonly serverName: string | null;
  readonly alpn: string | null;
  readonly clientCertificate: { readonly subject: string; readonly fingerprint256: string } | null;
}

/** How much of a body is shown; the rest is counted and hashed. */
const shownBytes = 64 * 1024;

/** Reads the body to its end. */
export async function readRequest(exchange: Exchange): Promise<Received> {
  const { request, context } = exchange;
  const { socket } = request;
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
  const tls = socket instanceof TLSSocket ? tlsOf(socket) : null;
  const body = await readBody(request);
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    httpVersion: request.httpVersion,
    headers: pairs(request.rawHeaders),
    trailers: pairs(request.rawTrailers),
    body,
    client: { address: remoteAddress, port: remotePort },
    server: { address: localAddress, port: localPort },
    tls,
    pod: {
      name: context.pod.name,
      namespace: context.pod.namespace,
      node: context.pod.nodeName,
    },
    container: context.containerName,
  };
}

async function readBody(chunks: AsyncIterable<Buffer>): Promise<ReceivedBody> {
  const hash = createHash('sha256');
  const shown: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    if (sizeBytes < shownBytes) shown.push(chunk.subarray(0, shownBytes - sizeBytes));
    sizeBytes += chunk.length;
  }
  return {
    sizeBytes,
    sha256: hash.digest('hex'),
    ...textOrBase64(Buffer.concat(shown)),
    isTruncated: sizeBytes > shownBytes,
  };
}

function textOrBase64(bytes: Buffer): { readonly text: string } | { readonly base64: string } {
  try {
    // A character that the limit cuts in two is waited for, and left out.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { text: text.decode(bytes, { stream: true }) };
  } catch {
    return { base64: bytes.toString('base64') };
  }
}

function tlsOf(socket: TLSSocket): ReceivedTls {
  const certificate = socket.getPeerX509Certificate();
  return {
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    serverName: serverNameOf(socket),
    alpn: socket.alpnProtocol === false ? null : socket.alpnProtocol,
    clientCertificate: certificate
      ? { subject: certificate.subject, fingerprint256: certificate.fingerprint256 }
      : null,
  };
}

/** Node has it as `servername`, false where the client named none; its types do not. */
function serverNameOf(socket: TLSSocket): string | null {
  const name: unknown = Reflect.get(socket, 'servername');
  return typeof name === 'string' ? name : null;
}

function pairs(raw: readonly string[]): readonly (readonly [string, string])[] {
  return raw.flatMap((name, index) =>
    index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : [],
  );
}

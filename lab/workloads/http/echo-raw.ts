/** The request as bytes, under a line that says who got it: what the recorded cases' backend answers. */
import { TLSSocket } from 'node:tls';
import type { Exchange, Handler } from './exchange.ts';
import { send } from './send.ts';

/** More of a body than this is not sent back. */
const limitBytes = 1024 * 1024;

/** `[web-0 10.244.1.10:8080 tls=no]`, and the request below it. A chunked body comes as one chunk. */
export const echoRaw: Handler = async (exchange) => {
  const body = Buffer.concat([
    Buffer.from(headOf(exchange), 'latin1'),
    framed(exchange, await readBody(exchange.request)),
  ]);
  const headers = { 'Content-Type': 'text/plain', 'X-Backend': exchange.serverName };
  send(exchange.response, { status: 200, headers, body });
};

function headOf({ request, serverName }: Exchange): string {
  const { socket, method, url, httpVersion, rawHeaders } = request;
  const lines = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1] ?? ''}\r\n`] : [],
  );
  const server = `${serverName} ${socket.localAddress}:${socket.localPort}`;
  const tls = socket instanceof TLSSocket ? tlsFacts(socket) : 'no';
  return `[${server} tls=${tls}]\n${method} ${url} HTTP/${httpVersion}\r\n${lines.join('')}\r\n`;
}

function tlsFacts(socket: TLSSocket): string {
  const certificate = socket.getPeerX509Certificate();
  const alpn = socket.alpnProtocol === false ? 'None' : socket.alpnProtocol;
  const subject = certificate ? certificate.subject.replaceAll('\n', ',') : 'None';
  return `${socket.getProtocol()} alpn=${alpn} client-cert=${subject}`;
}

function framed({ request }: Exchange, body: Buffer): Buffer {
  if (request.headers['transfer-encoding'] === undefined) return body;
  if (body.length === 0) return Buffer.from('0\r\n\r\n');
  const size = Buffer.from(`${body.length.toString(16)}\r\n`);
  return Buffer.concat([size, body, Buffer.from('\r\n0\r\n\r\n')]);
}

async function readBody(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const kept: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    if (sizeBytes < limitBytes) kept.push(chunk.subarray(0, limitBytes - sizeBytes));
    sizeBytes += chunk.length;
  }
  return Buffer.concat(kept);
}

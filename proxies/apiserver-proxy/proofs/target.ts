/** What a pod, a node or a Service leads to in a proof: a server that says who it is, and remembers. */
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createServer } from '../../kit/http/node-http.ts';

export interface TargetOptions {
  /** What it answers, and what its answers are known by. */
  readonly name: string;
  readonly isTls?: boolean;
  /** Default 127.0.0.1, and a port of the system's choice. */
  readonly host?: string;
  readonly port?: number;
  /** Instead of its name. */
  readonly answer?: RequestListener;
}

export interface TargetRequest {
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly tls: { readonly version: string; readonly clientCertificate: string } | null;
}

export interface Target extends AsyncDisposable {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly requests: readonly TargetRequest[];
  /** How many connections were made to it. */
  connections(): number;
}

/** @throws the system's error where it cannot listen */
export async function startTarget(options: TargetOptions): Promise<Target> {
  const { name, isTls = false, host = '127.0.0.1', port = 0 } = options;
  const requests: TargetRequest[] = [];
  let connections = 0;
  const sayName: RequestListener = (_request, response) => response.end(name);
  const { answer = sayName } = options;
  const listener: RequestListener = (request, response) => {
    const { rawHeaders, socket, url = '' } = request;
    const headers = rawHeaders.flatMap((header, index) =>
      index % 2 === 0 ? [[header, rawHeaders[index + 1] ?? ''] as const] : [],
    );
    requests.push({ path: url, headers, tls: socket instanceof TLSSocket ? tlsOf(socket) : null });
    answer(request, response);
  };
  const server = isTls
    ? createTlsServer({ ...(await selfSigned(name)), requestCert: true, rejectUnauthorized: false })
    : createServer();
  server.on('request', listener);
  server.on('connection', () => (connections += 1));
  server.listen(port, host);
  await once(server, 'listening');
  return {
    name,
    host,
    port: (server.address() as AddressInfo).port,
    requests,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function tlsOf(socket: TLSSocket): { version: string; clientCertificate: string } {
  const { subject } = socket.getPeerCertificate() as {
    readonly subject?: { readonly CN?: string };
  };
  return { version: socket.getProtocol() ?? '', clientCertificate: subject?.CN ?? '' };
}

/** A certificate that nobody can verify, as pods have. */
async function selfSigned(name: string): Promise<{ readonly cert: string; readonly key: string }> {
  // Loaded with the first proof that wants it: most processes that know this one never try it.
  const { createAuthority } = await import('../../kit/pki/authority.ts');
  const authority = await createAuthority(`${name} itself`);
  const { certificatePem, keyPem } = await authority.issueServer([name]);
  return { cert: certificatePem, key: keyPem };
}

/** What is behind the proxy in tests: a pod's server, one with TLS, and a kubelet. */
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createServer } from '../../../../proxies/kit/http/node-http.ts';
import { createAuthority } from '../../../../proxies/kit/pki/authority.ts';
import type { KubeletClientOptions } from '../../options.ts';
import type { TestApiserver } from '../../testing/test-apiserver.ts';

export interface Targets extends AsyncDisposable {
  readonly plain: number;
  readonly tls: number;
  readonly kubelet: number;
  /** As whom the apiserver comes to the kubelet. */
  readonly kubeletClient: KubeletClientOptions;
}

/** Each answers with its name, and the request as it saw it; `Upgrade` is answered with an echo. */
export async function startTargets(): Promise<Targets> {
  const authority = await createAuthority('kubelets');
  const serving = await authority.issueServer(['127.0.0.1']);
  const client = await authority.issueClient({ user: 'kube-apiserver-kubelet-client' });
  const tls = { cert: serving.certificatePem, key: serving.keyPem };
  const mutual = { ...tls, ca: authority.certificatePem, requestCert: true };
  const servers: readonly Server[] = [
    createServer(echoAs('plain')),
    createHttpsServer({ ...tls, requestCert: true, rejectUnauthorized: false }, echoAs('tls')),
    createHttpsServer({ ...mutual, rejectUnauthorized: true }, echoAs('kubelet')),
  ];
  for (const server of servers) {
    server.on('upgrade', (request: IncomingMessage, socket) => {
      const protocols = request.headers['sec-websocket-protocol'] ?? '';
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade ?? ''}\r\n` +
          `Connection: Upgrade\r\nX-Protocols: ${protocols}\r\n\r\n`,
      );
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
  }
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const [plain = 0, secured = 0, kubelet = 0] = servers.map(
    (server) => (server.address() as AddressInfo).port,
  );
  return {
    plain,
    tls: secured,
    kubelet,
    kubeletClient: {
      certificate: client.certificatePem,
      key: client.keyPem,
      authority: authority.certificatePem,
    },
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function echoAs(name: string): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      if (request.url === '/moved') response.writeHead(302, { Location: '/elsewhere?x=1' });
      else response.writeHead(200, { 'Content-Type': 'application/json', 'X-Target': name });
      const { method, url, headers } = request;
      const body = Buffer.concat(chunks).toString();
      const certificate = nameOf(request.socket);
      response.end(JSON.stringify({ name, method, url, headers, body, certificate }));
    });
  };
}

/** The client's, if it shows a certificate. */
function nameOf(socket: object): string {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return certificate?.subject.replace(/^CN=/, '') ?? '';
}

/** Puts the objects that lead to the targets into an apiserver. */
export async function createObjects(
  api: TestApiserver,
  { plain, tls, kubelet }: Targets,
): Promise<void> {
  const make = async (path: string, body: object) => {
    const { status, text } = await api.send('POST', path, body);
    if (status !== 201) throw new Error(text);
  };
  const put = async (path: string, body: object) => {
    const { status, text } = await api.send('PUT', path, body);
    if (status !== 200) throw new Error(text);
  };
  const core = '/api/v1/namespaces/default';
  const metadata = { name: 'web', namespace: 'default' };
  const ports = [
    { name: 'http', port: plain },
    { name: 'tls', port: tls },
  ];
  const spec = {
    containers: [
      {
        name: 'c',
        image: 'x',
        ports: ports.map(({ name, port }) => ({ name, containerPort: port })),
      },
    ],
  };
  const podIPs = [{ ip: '127.0.0.1' }];
  await make(`${core}/pods`, { metadata, spec });
  await put(`${core}/pods/web/status`, { metadata, status: { podIP: '127.0.0.1', podIPs } });
  await make(`${core}/services`, {
    metadata,
    spec: {
      ports: [
        { name: 'http', port: 80, targetPort: plain },
        { name: 'tls', port: 443, targetPort: tls },
      ],
    },
  });
  const targetRef = { kind: 'Pod', namespace: 'default', name: 'web' };
  await make(`${core}/endpoints`, {
    metadata,
    subsets: [{ addresses: [{ ip: '127.0.0.1', targetRef }], ports }],
  });
  await make('/api/v1/nodes', { metadata: { name: 'node-1' } });
  await put('/api/v1/nodes/node-1/status', {
    metadata: { name: 'node-1' },
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubelet } },
    },
  });
}

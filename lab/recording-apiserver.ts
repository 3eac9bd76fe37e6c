/** An apiserver for one proof: its own authority, no objects but its own, and a memory of what reached it. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type {
  LentApiserverOptions,
  ReceivedRequest,
  RecordingApiserver,
} from '../proxies/kit/proof.ts';
import type { ApiObject } from './apiserver/api-object.ts';
import type { HttpRequest } from '../proxies/kit/http/server-exchange.ts';
import { connectionOf, type User } from './apiserver/exchange.ts';
import { startApiserver } from './apiserver/server.ts';
import { base64, writeKubeconfig } from './kubeconfig.ts';
import { createAuthority } from '../proxies/kit/pki/authority.ts';
import { createMemoryStore } from './store/memory-store.ts';

const administrator: User = { name: 'proof', groups: ['system:masters'] };

/** Starts one; its files are in `directory`, which is the caller's to remove. */
export async function startRecordingApiserver(
  directory: string,
  { rejectsForwardedRedirects = true, onHop }: LentApiserverOptions = {},
): Promise<RecordingApiserver> {
  const store = createMemoryStore<ApiObject>();
  const [authority] = await Promise.all([
    createAuthority('proof'),
    mkdir(directory, { recursive: true, mode: 0o700 }),
  ]);
  const [serving, client] = await Promise.all([
    authority.issueServer(['localhost', '127.0.0.1', '::1']),
    authority.issueClient({ user: administrator.name, groups: administrator.groups }),
  ]);
  const token = randomBytes(24).toString('base64url');
  const requests: ReceivedRequest[] = [];
  const apiserver = await startApiserver({
    tlsCert: serving.certificatePem,
    tlsPrivateKey: serving.keyPem,
    clientCa: authority.certificatePem,
    tokens: new Map([[token, administrator]]),
    store,
    // All that a proof sets up around it is on this machine.
    allowLoopbackEndpoints: true,
    aggregatorRejectForwardingRedirect: rejectsForwardedRedirects,
    kubeletClient: { certificate: client.certificatePem, key: client.keyPem },
    onRequest: (request) => requests.push(received(request)),
  });

  if (onHop) apiserver.setHopListener(onHop);

  const caFile = join(directory, 'ca.crt');
  const clientCertificateFile = join(directory, 'client.crt');
  const clientKeyFile = join(directory, 'client.key');
  await Promise.all([
    writeFile(caFile, authority.certificatePem),
    writeFile(clientCertificateFile, client.certificatePem),
    writeFile(clientKeyFile, client.keyPem, { mode: 0o600 }),
  ]);
  let written = 0;

  return {
    server: apiserver.server,
    caFile,
    caPem: authority.certificatePem,
    token,
    clientCertificateFile,
    clientKeyFile,
    requests,
    kubeconfig: async ({ user = { token }, cluster = {} } = {}) => {
      written += 1;
      const path = join(directory, `kubeconfig-${written}`);
      await writeKubeconfig(path, {
        cluster: {
          server: apiserver.server,
          'certificate-authority-data': base64(authority.certificatePem),
          ...cluster,
        },
        user,
        name: 'proof',
      });
      return path;
    },
    [Symbol.asyncDispose]: async () => {
      await apiserver[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

function received(request: HttpRequest): ReceivedRequest {
  const { rawHeaders } = request;
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
  );
  const socket = connectionOf(request);
  const subject = socket?.getPeerCertificate().subject as { readonly CN?: string } | undefined;
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    httpVersion: request.httpVersion,
    headers,
    tls: socket
      ? {
          version: socket.getProtocol() ?? '',
          serverName: serverNameOf(socket),
          clientCertificate: subject?.CN ?? null,
        }
      : null,
    remoteAddress: socket?.remoteAddress ?? '',
  };
}

/** The name the client asked for in its handshake; Node says `false` where there was none. */
function serverNameOf(socket: TLSSocket): string | null {
  const { servername } = socket as { readonly servername?: string | false };
  return typeof servername === 'string' ? servername : null;
}

/** Apiservers for one proof: their own authority, no objects but its own, and a memory of what reached them. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type {
  LentApiserverOptions,
  ReceivedRequest,
  RecordingApiserver,
  RecordingCluster,
} from '../proxies/kit/proof.ts';
import type { ApiObject } from './apiserver/api-object.ts';
import type { HttpRequest } from '../proxies/kit/http/server-exchange.ts';
import { connectionOf, type User } from './apiserver/exchange.ts';
import type { ApiserverOptions } from './apiserver/options.ts';
import { startApiserver } from './apiserver/server.ts';
import { base64, writeKubeconfig } from './kubeconfig.ts';
import { createAuthority, type Authority } from '../proxies/kit/pki/authority.ts';
import { createMemoryStore } from './store/memory-store.ts';

const administrator: User = { name: 'proof', groups: ['system:masters'] };

/** Starts so many; their files are in `directory`, which is the caller's to remove. */
export async function startRecordingCluster(
  directory: string,
  count: number,
  { rejectsForwardedRedirects = true, onHop }: LentApiserverOptions = {},
): Promise<RecordingCluster> {
  await using starting = new AsyncDisposableStack();
  const store = starting.use(createMemoryStore<ApiObject>());
  const [authority] = await Promise.all([
    createAuthority('proof'),
    mkdir(directory, { recursive: true, mode: 0o700 }),
  ]);
  const client = await authority.issueClient({
    user: administrator.name,
    groups: administrator.groups,
  });
  const token = randomBytes(24).toString('base64url');
  const clientCertificateFile = join(directory, 'client.crt');
  const clientKeyFile = join(directory, 'client.key');
  const caFile = join(directory, 'ca.crt');
  await Promise.all([
    writeFile(caFile, authority.certificatePem),
    writeFile(clientCertificateFile, client.certificatePem),
    writeFile(clientKeyFile, client.keyPem, { mode: 0o600 }),
  ]);
  const shared: Shared = {
    authority,
    known: { caPem: authority.certificatePem, caFile, token, clientCertificateFile, clientKeyFile },
    options: {
      clientCa: authority.certificatePem,
      tokens: new Map([[token, administrator]]),
      store,
      // All that a proof sets up around it is on this machine.
      allowLoopbackEndpoints: true,
      aggregatorRejectForwardingRedirect: rejectsForwardedRedirects,
      kubeletClient: { certificate: client.certificatePem, key: client.keyPem },
    },
    directory,
    onHop,
  };
  const apiservers: RecordingApiserver[] = [];
  // One after the other: the first makes what every cluster has.
  for (let index = 0; index < count; index += 1) {
    apiservers.push(starting.use(await startOne(`kubeconfig-${index}`, shared)));
  }
  const running = starting.move();
  return {
    apiservers,
    issueServer: (names) => authority.issueServer(names),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** What the apiservers of one cluster have in common. */
interface Shared {
  readonly authority: Authority;
  readonly known: Pick<
    RecordingApiserver,
    'caPem' | 'caFile' | 'token' | 'clientCertificateFile' | 'clientKeyFile'
  >;
  readonly options: Omit<ApiserverOptions, 'tlsCert' | 'tlsPrivateKey'>;
  readonly directory: string;
  readonly onHop: LentApiserverOptions['onHop'];
}

async function startOne(
  name: string,
  { authority, known, options, directory, onHop }: Shared,
): Promise<RecordingApiserver> {
  const serving = await authority.issueServer(['localhost', '127.0.0.1', '::1']);
  const requests: ReceivedRequest[] = [];
  let isReady = true;
  const apiserver = await startApiserver({
    ...options,
    tlsCert: serving.certificatePem,
    tlsPrivateKey: serving.keyPem,
    mayBeReady: () => isReady,
    onRequest: (request) => requests.push(received(request)),
  });
  if (onHop) apiserver.setHopListener(onHop);
  let written = 0;
  return {
    ...known,
    server: apiserver.server,
    fingerprint256: new X509Certificate(serving.certificatePem).fingerprint256,
    requests,
    setReady: (ready) => {
      isReady = ready;
    },
    kubeconfig: async ({ user = { token: known.token }, cluster = {} } = {}) => {
      written += 1;
      const path = join(directory, `${name}-${written}`);
      await writeKubeconfig(path, {
        cluster: {
          server: apiserver.server,
          'certificate-authority-data': base64(known.caPem),
          ...cluster,
        },
        user,
        name: 'proof',
      });
      return path;
    },
    [Symbol.asyncDispose]: () => apiserver[Symbol.asyncDispose](),
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

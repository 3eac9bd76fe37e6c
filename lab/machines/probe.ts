/** Asks a machine whether it does its work, as a cluster's own health checks would. */
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { request as requestHttp } from '../../proxies/kit/http/node-http.ts';
import { dialOptions, parseEndpoint } from '../network/endpoint.ts';
import type { MachineRole } from '../topology.ts';

/** Resolves when the machine is well. @throws Error saying what is wrong. */
export type Probe = (endpoint: string, signal: AbortSignal) => Promise<void>;

/** The probes of all roles; the apiservers' kubelet client certificate is the one that nodes let in. */
export async function createProbes(
  pki: string,
): Promise<Record<Exclude<MachineRole, 'client'>, Probe>> {
  const [ca, cert, key] = await Promise.all(
    ['ca.crt', 'apiserver-kubelet-client.crt', 'apiserver-kubelet-client.key'].map((name) =>
      readFile(join(pki, name)),
    ),
  );
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca, cert, key });
  const askHealthz: Probe = (endpoint, signal) =>
    ask(requestHttp, { ...parseEndpoint(endpoint), path: '/healthz', signal });
  return {
    store: askStore,
    apiserver: (endpoint, signal) =>
      ask(requestHttps, { ...parseEndpoint(endpoint), agent, path: '/readyz', signal }),
    node: (endpoint, signal) =>
      ask(requestHttps, { ...parseEndpoint(endpoint), agent, path: '/healthz', signal }),
    'load-balancer': askHealthz,
    controllers: askHealthz,
    cloud: askHealthz,
  };
}

/** A connection alone proves little: the kernel accepts it for a paused one, too. */
async function askStore(endpoint: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const socket = connect(dialOptions(endpoint));
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  socket.once('error', reject);
  socket.once('close', () => reject(new Error('it closed the connection')));
  socket.once('data', () => resolve(undefined));
  socket.write('1 revision 0\n');
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}

function ask(request: typeof requestHttp, options: RequestOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const sent = request(options);
  sent.once('error', reject);
  sent.once('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('error', reject);
    response.once('end', () => {
      if (response.statusCode === 200) resolve(undefined);
      else reject(new Error(problemOf(Buffer.concat(chunks).toString(), response.statusCode)));
    });
  });
  sent.end();
  return promise;
}

/** The checks that failed (`[-]etcd failed`), or the status alone. */
function problemOf(body: string, status = 0): string {
  const failed = body.split('\n').filter((line) => line.startsWith('[-]'));
  return failed.length > 0 ? failed.join(', ') : `answers ${status}`;
}

/**
 * TLS is answered, plain HTTP is told so. Refuted by the port that `--insecure-port` of our own command
 * opens, where the answers are the other way round.
 */
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { defineProof, type Notebook, type RecordingApiserver } from '../../kit/proof.ts';
import { ask } from './ask.ts';
import { makePod, namespace } from './cluster-objects.ts';
import { clusterWorld } from './cluster-world.ts';
import { freePort } from './free-port.ts';
import { runBastion } from './running-bastion.ts';

const path = `/api/v1/namespaces/${namespace}/pods/web-0/proxy/`;

interface PortWorld extends AsyncDisposable {
  readonly apiserver: RecordingApiserver;
  /** The port that is greeted. */
  readonly port: number;
}

export const clientHttps = defineProof<PortWorld>({
  claimed: async (laboratory, { hop: onHop }) => {
    const world = await clusterWorld(
      { laboratory, onHop },
      [{ name: 'web-0' }],
      async (client, [pod]) => {
        if (pod) await makePod(client, pod);
      },
    );
    return { ...world, port: Number(new URL(world.apiserver.server).port) };
  },
  refuted: async (laboratory) => {
    await using stack = new AsyncDisposableStack();
    const apiserver = stack.use(await laboratory.startApiserver());
    const port = await freePort();
    const kubeconfig = await apiserver.kubeconfig();
    stack.use(await runBastion(laboratory, kubeconfig, ['--insecure-port', String(port)]));
    const owned = stack.move();
    return { apiserver, port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  },
  probe: async ({ apiserver, port }, notebook: Notebook, { signal }) => {
    const version = await shakeHands(port, apiserver.caPem);
    const status = version === '' ? 0 : (await ask(apiserver, { path }, signal)).status;
    notebook.check(status === 200, 'handshake', { version, status });
    const plain = await askPlainly(port);
    notebook.check(plain.status === 400, 'plain-refused', {
      plain: 'HTTP',
      status: plain.status,
      body: plain.body,
    });
  },
});

/** The version agreed on; empty where there was no handshake. */
function shakeHands(port: number, ca: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connectTls({ host: '127.0.0.1', port, ca, timeout: 3000 });
  const settle = (version: string) => {
    socket.destroy();
    resolve(version);
  };
  socket.on('secureConnect', () => settle(socket.getProtocol() ?? ''));
  socket.on('error', () => settle(''));
  socket.on('timeout', () => settle(''));
  return promise;
}

/** What plain HTTP gets on that port. */
function askPlainly(port: number): Promise<{ readonly status: number; readonly body: string }> {
  const { promise, resolve } = Promise.withResolvers<{ status: number; body: string }>();
  const socket = connectTcp(port, '127.0.0.1', () => {
    socket.write('GET /version HTTP/1.1\r\nHost: apiserver\r\nConnection: close\r\n\r\n');
  });
  let received = '';
  socket.setTimeout(3000, () => socket.destroy());
  socket.setEncoding('latin1').on('data', (text: string) => (received += text));
  socket.on('error', () => undefined); // Reported as what had arrived until then.
  socket.on('close', () => {
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(received)?.[1] ?? 0);
    resolve({ status, body: received.split('\r\n\r\n')[1]?.trim() ?? '' });
  });
  return promise;
}

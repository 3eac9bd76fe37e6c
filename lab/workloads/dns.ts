/**
 * `dns`: the names of the cluster, over UDP and TCP, from the Services and EndpointSlices that the API
 * tells it. `/ready` on the port named `readiness` says whether it knows them. Other names are refused.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { answerName } from './dns/names.ts';
import { codes, decodeQuestion, encodeAnswer } from './dns/message.ts';
import { watchCluster } from './dns/watch-cluster.ts';
import { sendText } from './http/send.ts';
import { serveHttp } from './http/serve.ts';
import { createLifecycle } from './lifecycle.ts';
import { serveTcp } from './serve-tcp.ts';
import type { StartWorkload, WorkloadContext } from './workload.ts';

/** What fits into a datagram for a client that says nothing else (RFC 1035, 4.2.1). */
const datagramBytes = 512;

export const start: StartWorkload = async (context) => {
  await using starting = new AsyncDisposableStack();
  const cluster = starting.use(watchCluster(context));
  const answer = (message: Buffer, limitBytes?: number): Buffer | undefined => {
    const question = decodeQuestion(message);
    if (!question) return undefined;
    const { name, type } = question;
    const found = cluster.isSynced()
      ? answerName(cluster, name, type)
      : { code: codes.serverFailure, answers: [] };
    return encodeAnswer(question, found, limitBytes);
  };
  const only = (isWanted: (name: string) => boolean): WorkloadContext => ({
    ...context,
    args: [],
    ports: context.ports.filter(({ name = '' }) => isWanted(name)),
  });

  const ready = await serveHttp(
    only((name) => name === 'readiness'),
    {
      routes: {
        ready: ({ response }) => {
          const isSynced = cluster.isSynced();
          sendText(response, isSynced ? 200 : 503, isSynced ? 'OK' : 'kubernetes');
        },
      },
    },
  );
  starting.use(ready.workload);
  starting.use(
    await serveTcp(
      only((name) => name !== 'readiness'),
      (socket) => converse(socket, answer),
    ),
  );
  for (const { containerPort, protocol } of context.ports) {
    if (protocol !== 'UDP') continue;
    for (const address of context.addresses) {
      const socket = await bindUdp(address, containerPort, (message) =>
        answer(message, datagramBytes),
      );
      starting.defer(() => void socket.close());
      context.log(`listening on ${address} port ${containerPort}/udp`);
    }
  }
  const running = starting.move();
  return createLifecycle({ close: () => running.disposeAsync() }).workload;
};

async function bindUdp(
  address: string,
  port: number,
  answer: (message: Buffer) => Buffer | undefined,
): Promise<UdpSocket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (message, peer) => {
    const answered = answer(message);
    if (answered) socket.send(answered, peer.port, peer.address, () => undefined);
  });
  socket.bind(port, address);
  await once(socket, 'listening');
  socket.on('error', () => undefined);
  return socket;
}

/** Over TCP each message comes after its length, in two bytes. */
function converse(socket: Socket, answer: (message: Buffer) => Buffer | undefined): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const length = pending.readUInt16BE(0);
      const answered = answer(pending.subarray(2, 2 + length));
      pending = pending.subarray(2 + length);
      if (!answered) return void socket.destroy();
      const size = Buffer.alloc(2);
      size.writeUInt16BE(answered.length);
      socket.write(Buffer.concat([size, answered]));
    }
  });
  socket.once('end', () => socket.end());
}

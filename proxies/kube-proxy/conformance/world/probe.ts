/** Tries one connection from an address of this network namespace, and tells what came of it. */
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { chunk, chunkTypes, decodeInit, encodeInit } from '../../../kit/sctp/packet.ts';
import type { Transport } from '../../service-port.ts';
import { readAnswer, type Answer, type Probe } from './answer.ts';
import type { SctpPorts } from '../../../kit/sctp/sctp-ports.ts';

/** Longer than it takes on a machine that is busy with something else. */
const patienceMs = 10_000;

/** @param signal ends the waiting: the answer is `silent` */
export async function tryConnection(
  probe: Probe,
  sctp: SctpPorts,
  signal: AbortSignal,
): Promise<Answer> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const { promise, resolve } = Promise.withResolvers<Answer>();
  ended.addEventListener('abort', () => resolve({ is: 'silent' }), { once: true });
  const connection = await start[probe.protocol](probe, nextPort(), resolve, sctp);
  try {
    return await promise;
  } finally {
    await connection[Symbol.asyncDispose]();
  }
}

/** One after the other: none is used again while the kernel remembers the last connection from it. */
let lastPort = 10_000;
function nextPort(): number {
  lastPort = lastPort === 60_000 ? 10_000 : lastPort + 1;
  return lastPort;
}

type Tell = (answer: Answer) => void;
type Start = (
  probe: Probe,
  localPort: number,
  tell: Tell,
  sctp: SctpPorts,
) => Promise<AsyncDisposable> | AsyncDisposable;

const start: Readonly<Record<Transport, Start>> = {
  TCP: ({ from, to, port }, localPort, tell) => {
    const socket = connect({ host: to, port, localAddress: from, localPort });
    let text = '';
    socket.setEncoding('utf8');
    socket
      .on('data', (data: string) => (text += data))
      .on('end', () => tell(readAnswer(text)))
      .on('error', (error) => tell(failure(error)));
    return disposable(() => socket.destroy());
  },
  UDP: ({ from, to, port }, localPort, tell) => {
    const socket = createSocket(isIPv6(from) ? 'udp6' : 'udp4');
    socket
      .on('message', (data) => tell(readAnswer(data.toString())))
      .on('error', (error) => tell(failure(error)));
    socket.bind(localPort, from, () => {
      socket.connect(port, to, () => socket.send('who'));
    });
    return disposable(() => socket.close());
  },
  SCTP: async ({ from, to, port }, localPort, tell, sctp) => {
    const opened = await sctp.open(
      from,
      localPort,
      ({ packet: { chunks, sourcePort }, from: peer }) => {
        const [first] = chunks;
        if (peer !== to || sourcePort !== port || first?.type !== chunkTypes.initAck) return;
        tell(readAnswer(decodeInit(first.value)?.cookie?.toString() ?? ''));
      },
      () => tell({ is: 'refused' }),
    );
    const init = { tag: localPort, windowBytes: 65_536, outboundStreams: 1, inboundStreams: 1 };
    const value = encodeInit({ ...init, tsn: localPort });
    try {
      opened.send(port, 0, [chunk(chunkTypes.init, value)], to);
    } catch (error) {
      // What our own node drops or rejects: whether it does the one or the other is still to be seen.
      if (!String(error).endsWith('EPERM')) tell({ is: 'failed', code: String(error) });
    }
    return opened;
  },
};

function disposable(close: () => void): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: () => {
      close();
      return Promise.resolve();
    },
  };
}

function failure(error: NodeJS.ErrnoException): Answer {
  const { code = error.message } = error;
  if (code === 'ECONNREFUSED') return { is: 'refused' };
  return code === 'ECONNRESET' ? { is: 'reset' } : { is: 'failed', code };
}

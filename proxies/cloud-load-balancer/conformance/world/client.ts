/** The client, in this network namespace: what it is told when it asks. */
import { createSocket } from 'node:dgram';
import { connect, isIPv6, type Socket } from 'node:net';
import { chunk, chunkTypes, decodeInit, encodeInit } from '../../../kit/sctp/packet.ts';
import { createSctpPorts } from '../../../kit/sctp/sctp-ports.ts';
import type { Transport } from '../../service.ts';
import { clientAddresses } from './places.ts';

/** Longer than it takes on a machine that is busy with something else. */
const patienceMs = 20_000;
const againMs = 500;

export interface Question {
  readonly protocol: Transport;
  readonly to: string;
  readonly port: number;
  /** One of the client's addresses; its first if absent. */
  readonly from?: string;
}

/** `node-1 192.0.2.9`: who answers, and whom it sees; or `refused`, `ended`, `silent`. */
export type Told = string;

export interface Live {
  ask(): Promise<Told>;
  close(): void;
}

const sctp = createSctpPorts();

/** Once, from a port of its own. @param signal ends the waiting: `silent` */
export async function ask(question: Question, signal?: AbortSignal): Promise<Told> {
  const live = await begin(question);
  const ended = AbortSignal.any([AbortSignal.timeout(patienceMs), ...(signal ? [signal] : [])]);
  const silent = new Promise<Told>((resolve) => {
    ended.addEventListener('abort', () => resolve('silent'), { once: true });
  });
  try {
    return await Promise.race([live.ask(), silent]);
  } finally {
    live.close();
  }
}

/** A connection, or datagrams from one port, for as long as it is not closed. */
export function begin(question: Question): Promise<Live> {
  return beginnings[question.protocol](question);
}

const beginnings: Readonly<Record<Transport, (question: Question) => Promise<Live>>> = {
  TCP: async (question) => {
    const socket = connect({
      host: question.to,
      port: question.port,
      localAddress: fromOf(question),
    });
    const end = endOf(socket);
    return {
      ask: () => {
        const heard = heardFrom(socket);
        socket.write('who\n');
        return Promise.race([heard, end]);
      },
      close: () => void socket.destroy(),
    };
  },
  UDP: async (question) => {
    const socket = createSocket(isIPv6(question.to) ? 'udp6' : 'udp4');
    await new Promise<void>((resolve) => socket.bind(0, fromOf(question), resolve));
    await new Promise<void>((resolve) => socket.connect(question.port, question.to, resolve));
    let tell: (told: Told) => void = () => undefined;
    let timer: NodeJS.Timeout | undefined;
    socket.on('message', (data) => tell(data.toString().trim()));
    socket.on('error', (error) => tell(reasonOf(error)));
    return {
      // A datagram may be lost while the load balancer changes.
      ask: () => {
        const { promise, resolve } = Promise.withResolvers<Told>();
        tell = resolve;
        const say = () => socket.send('who', (error) => error && resolve(reasonOf(error)));
        clearInterval(timer);
        timer = setInterval(say, againMs);
        say();
        return promise.finally(() => clearInterval(timer));
      },
      close: () => {
        clearInterval(timer);
        socket.close();
      },
    };
  },
  SCTP: async ({ to, port, from }) => {
    const own = from ?? fromOf({ to });
    const ownPort = nextPort();
    const { promise, resolve } = Promise.withResolvers<Told>();
    const opened = await sctp.open(
      own,
      ownPort,
      ({ packet: { chunks, sourcePort }, from: peer }) => {
        const [first] = chunks;
        if (peer !== to || sourcePort !== port || first?.type !== chunkTypes.initAck) return;
        resolve(decodeInit(first.value)?.cookie?.toString().trim() ?? '');
      },
      () => resolve('refused'),
    );
    const init = { tag: ownPort, windowBytes: 65_536, outboundStreams: 1, inboundStreams: 1 };
    const value = encodeInit({ ...init, tsn: ownPort });
    return {
      ask: () => {
        opened.send(port, 0, [chunk(chunkTypes.init, value)], to);
        return promise;
      },
      close: () => void opened[Symbol.asyncDispose](),
    };
  },
};

/** None is used again while the kernel remembers the last association from it. */
let lastPort = 10_000;
function nextPort(): number {
  lastPort = lastPort === 30_000 ? 10_000 : lastPort + 1;
  return lastPort;
}

function fromOf({ to, from }: Pick<Question, 'to' | 'from'>): string {
  return from ?? clientAddresses[isIPv6(to) ? 'IPv6' : 'IPv4'][0];
}

function heardFrom(socket: Socket): Promise<Told> {
  return new Promise((resolve) => {
    socket.once('data', (data: Buffer) => resolve(data.toString().trim()));
  });
}

function endOf(socket: Socket): Promise<Told> {
  return new Promise((resolve) => {
    socket.on('error', (error) => resolve(reasonOf(error)));
    socket.on('close', () => resolve('ended'));
  });
}

function reasonOf(error: NodeJS.ErrnoException): Told {
  const { code = error.message } = error;
  if (['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code)) return 'refused';
  return ['ECONNRESET', 'EPIPE'].includes(code) ? 'ended' : code;
}

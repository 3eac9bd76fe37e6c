/** Makes as many connections as are asked for, and tells what comes of each. */
import { setTimeout as pause } from 'node:timers/promises';
import type {
  ConnectBackend,
  ConnectOutcome,
  ConnectProtocol,
  ConnectRequest,
} from '../../proxies/kit/connect-request.ts';
import { formatEndpoint } from '../network/endpoint.ts';
import { codeOf, ConversationError, type OpenConversation } from './conversation.ts';

/** A request whose target is known: what the client's program reads. */
export interface ConnectOrder extends Omit<ConnectRequest, 'to'> {
  /** Our own address; absent: the system chooses. */
  readonly from?: string;
  readonly address: string;
  readonly port: number;
}

/** Each is loaded where it is used: a program that connects once is to be quick. */
const transports: Readonly<Record<ConnectProtocol, () => Promise<OpenConversation>>> = {
  TCP: async () => (await import('./tcp.ts')).openTcp,
  UDP: async () => (await import('./udp.ts')).openUdp,
  SCTP: async () => (await import('./sctp.ts')).openSctp,
};

export async function makeConnections(
  order: ConnectOrder,
  onOutcome: (outcome: ConnectOutcome) => void,
): Promise<void> {
  const { count = 1, concurrency = 1 } = order;
  const open = await transports[order.protocol]();
  let begun = 0;
  const work = async () => {
    while (begun < count) {
      const index = begun;
      begun += 1;
      onOutcome(await connectOnce(order, index, open));
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, work));
}

async function connectOnce(
  order: ConnectOrder,
  index: number,
  open: OpenConversation,
): Promise<ConnectOutcome> {
  const { protocol, from, address, port, messages = ['whoami'], pauseMs = 0 } = order;
  const answers: string[] = [];
  const begunAt = performance.now();
  let local: string | null = null;
  let answeredAt: number | null = null;
  let result = 'ok';
  try {
    await using conversation = await open({
      from,
      address,
      port,
      timeoutMs: order.timeoutMs ?? 2_000,
    });
    local = conversation.local;
    for (const [at, message] of messages.entries()) {
      if (at > 0 && pauseMs > 0) await pause(pauseMs);
      answers.push(await conversation.ask(message));
      answeredAt ??= performance.now();
    }
  } catch (error) {
    result = codeOf(error);
    if (error instanceof ConversationError) local ??= error.local;
  }
  const backend = answers.map(readWhoAmI).find((one) => one !== null) ?? null;
  const tookMs = Math.round(((answeredAt ?? performance.now()) - begunAt) * 1_000) / 1_000;
  const remote = formatEndpoint(address, port);
  return { index, protocol, result, answers, backend, local, remote, tookMs };
}

/** What the lab's echo programs answer to `whoami`. */
function readWhoAmI(answer: string): ConnectBackend | null {
  const [, pod, node, self, peer] =
    /\bpod=(\S+) node=(\S+) self=(\S+) peer=(\S+)/.exec(answer) ?? [];
  if (!pod || !node || !self || !peer) return null;
  return { pod, node, self, peer };
}

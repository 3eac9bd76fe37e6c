/** An example below HTTP: connections that somebody in the lab makes, and what became of each. */
import type {
  ConnectFrom,
  ConnectOutcome,
  ConnectRequest,
} from '../../../proxies/kit/connect-request.ts';
import type {
  TransportExample,
  TransportExampleRequest,
  TransportExpectation,
} from '../../../proxies/descriptor.ts';
import type { LabNetwork } from './backend.ts';
import type { LiveLine } from './lines.ts';
import { connectFrom, connectingPod, patienceMs } from './connect-many.ts';
import { gatherHops } from './gather-hops.ts';
import { LiveError } from './live-error.ts';

export type ConnectionOutcome = TransportExpectation['outcome'];

export interface ConnectionsOutcome {
  readonly result: ConnectionOutcome | 'unexpected';
  /** How many connections, and how many different pods answered them. */
  readonly connections: number;
  readonly pods: number;
  readonly tookMs: number;
}

/** Who connects. */
const sources: Readonly<Record<TransportExampleRequest['from'], ConnectFrom>> = {
  pod: connectingPod,
  node: { machine: 'node-1' },
  outside: { machine: 'client' },
};
const nodeOfNodePorts = 'node-1';

/** Conntrack tells of a flow on its own way, a moment before or after the answer. */
const hopsWithinMs = 1500;

/**
 * Makes the connections, and tells each as it comes: what was said, and the hops of the first.
 *
 * @throws LiveError `not-isolated` where the lab has no network for it; `connect-failed`
 */
export async function makeConnections(
  { request, expect }: TransportExample,
  network: LabNetwork,
  send: (line: LiveLine) => void,
  signal: AbortSignal,
): Promise<ConnectionsOutcome> {
  const { messages, connections } = request;
  if (!isPossible(request, network)) throw new LiveError('not-isolated');
  using hops = gatherHops(network);
  await hops.ready;
  const startedAt = performance.now();
  let told = 0;
  const tell = ({ answers, remote, local }: ConnectOutcome) => {
    told += 1;
    if (told === 1) send({ type: 'connected', remote, local });
    // Of many connections it is said once what each of them says.
    if (connections === 1 || told === 1) {
      for (const [index, message] of messages.entries()) {
        send({ type: 'message', from: 'client', text: message.trimEnd() });
        if (connections === 1) answer(answers[index], send);
      }
    }
    if (connections > 1) for (const one of answers) answer(one, send);
  };
  const outcomes = await connect(network, request, tell, signal);
  const [first] = outcomes;
  // Of one connection its own time: without that of the program that made it.
  const tookMs = connections === 1 ? (first?.tookMs ?? 0) : performance.now() - startedAt;
  const isSent = expect.outcome === 'answered' && first?.result === 'ok';
  if (first?.local && isSent) {
    const flow = { protocol: first.protocol, source: first.local };
    const way = request.through === 'LoadBalancer' ? 'throughCloud' : 'of';
    for (const hop of await hops[way](flow, hopsWithinMs)) send({ type: 'hop', hop });
  }
  const pods = new Set(outcomes.flatMap(({ backend }) => backend?.pod ?? []));
  const isRight = outcomes.length === connections && isAsStated(expect, outcomes, pods.size);
  return {
    result: isRight ? expect.outcome : 'unexpected',
    connections: outcomes.length,
    pods: pods.size,
    tookMs: Math.round(tookMs * 10) / 10,
  };
}

/** On loopback there are no raw sockets, and nobody is outside. */
export function isPossible(
  { protocol, from }: TransportExampleRequest,
  { mode }: Pick<LabNetwork, 'mode'>,
): boolean {
  return mode === 'isolated' || (protocol !== 'sctp' && from !== 'outside');
}

function answer(text: string | undefined, send: (line: LiveLine) => void): void {
  if (text !== undefined) send({ type: 'message', from: 'target', text: text.trimEnd() });
}

async function connect(
  network: LabNetwork,
  request: TransportExampleRequest,
  onOutcome: (outcome: ConnectOutcome) => void,
  signal: AbortSignal,
): Promise<readonly ConnectOutcome[]> {
  const { protocol, from, service, port, through, messages, connections: count } = request;
  const order: ConnectRequest = {
    protocol: transports[protocol],
    to: {
      service,
      port: String(port),
      through: through === 'NodePort' ? { nodePortOf: nodeOfNodePorts } : through,
    },
    messages,
    count,
    timeoutMs: patienceMs,
  };
  return connectFrom(network, sources[from], order, { onOutcome, signal });
}

const transports = { tcp: 'TCP', udp: 'UDP', sctp: 'SCTP' } as const;

function isAsStated(
  { outcome, answers, backends }: TransportExpectation,
  outcomes: readonly ConnectOutcome[],
  pods: number,
): boolean {
  return (
    outcomes.every((one) => outcomeOf(one) === outcome) &&
    (answers === undefined ||
      outcomes.every((one) => one.answers.join('\n') === answers.join('\n'))) &&
    (backends === undefined ||
      ('exactly' in backends ? pods === backends.exactly : pods >= backends.atLeast))
  );
}

function outcomeOf({ result }: ConnectOutcome): ConnectionOutcome {
  if (result === 'ok') return 'answered';
  return result === 'ETIMEDOUT' ? 'nothing' : 'refused';
}

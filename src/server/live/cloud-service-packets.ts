/** Knocks at a load balancer's address from outside, until somebody answers or it is clear that nobody will. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectFrom, ConnectOutcome } from '../../../proxies/kit/connect-request.ts';
import type { Hop } from '../../../proxies/kit/hop.ts';
import type { Transport } from '../../../proxies/cloud-load-balancer/service.ts';
import type { PacketLine, PacketPath } from '../../cloud-service.ts';
import type { LabNetwork } from './backend.ts';
import { connectFrom } from './connect-many.ts';
import { gatherHops } from './gather-hops.ts';

const againAfterMs = 100;
const answerWithinMs = 1_000;
const hopsWithinMs = 1_000;

export interface Knock {
  readonly protocol: Transport;
  readonly address: string;
  readonly port: number;
  /** How long it is tried; 0: once. */
  readonly forMs: number;
  /** Whether a load balancer stands before the nodes. */
  readonly isForwarded: boolean;
}

/** Without its time: the caller's clock runs. @param onAnswer at the moment of the answer, or of the last refusal */
export async function knock(
  network: LabNetwork,
  { protocol, address, port, forMs, isForwarded }: Knock,
  onAnswer: () => void,
  signal: AbortSignal,
): Promise<Omit<PacketLine, 'atMs'>> {
  using hops = gatherHops(network);
  await hops.ready;
  const startedAt = performance.now();
  for (;;) {
    const [outcome] = await connectFrom(
      network,
      outsideOf(network),
      { protocol, to: { address, port }, timeoutMs: answerWithinMs },
      { signal },
    );
    signal.throwIfAborted();
    const isOver = outcome?.result === 'ok' || performance.now() - startedAt >= forMs;
    if (!isOver) {
      await pause(againAfterMs, undefined, { signal });
      continue;
    }
    onAnswer();
    const seen =
      isForwarded && outcome?.local && outcome.backend
        ? await hops.throughCloud({ protocol, source: outcome.local }, hopsWithinMs)
        : [];
    return packetOf(protocol, outcome, seen);
  }
}

/** On loopback nobody is outside. */
function outsideOf({ mode }: Pick<LabNetwork, 'mode'>): ConnectFrom {
  return { machine: mode === 'isolated' ? 'client' : 'node-1' };
}

function packetOf(
  protocol: Transport,
  outcome: ConnectOutcome | undefined,
  hops: readonly Hop[],
): Omit<PacketLine, 'atMs'> {
  const { result = 'ETIMEDOUT', remote = '', tookMs = 0, backend = null } = outcome ?? {};
  const path: PacketPath | null = backend && {
    node: nodeIn(hops),
    podNode: backend.node,
    pod: backend.pod,
    seenAs: backend.peer,
  };
  return {
    type: 'packet',
    protocol,
    to: remote,
    result: result === 'ok' ? 'answered' : result === 'ETIMEDOUT' ? 'nothing' : 'refused',
    tookMs,
    path,
  };
}

/** Which node the load balancer has chosen. */
function nodeIn(hops: readonly Hop[]): string | null {
  const chosen = hops.find(({ from }) => from.station === 'cloud-load-balancer');
  const { node } = chosen?.decision.values ?? {};
  return typeof node === 'string' ? node : null;
}

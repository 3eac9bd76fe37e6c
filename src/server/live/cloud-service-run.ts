/** One run of the experiment: a Service is made, followed, knocked at and deleted, and nothing of it stays. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from '../../../proxies/kit/api/api-client.ts';
import type { Service } from '../../../proxies/cloud-load-balancer/service.ts';
import {
  failureReason,
  noCloud,
  portChoices,
  resultOf,
  summarizeCloudService,
  type CloudServiceLine,
  type CloudServiceSummary,
  type DeletedLine,
  type MadeLine,
  type PortChoice,
} from '../../cloud-service.ts';
import type { LabNetwork } from './backend.ts';
import { firstAddress, standsFor } from './cloud-service-address.ts';
import type { Expectation } from './cloud-service-expected.ts';
import { openJournal, type Journal, type Untimed } from './cloud-service-journal.ts';
import { echoPort, podOf, serviceOf } from './cloud-service-objects.ts';
import { knock, type Knock } from './cloud-service-packets.ts';
import { remove, startPod } from './cloud-service-pod.ts';
import { watchService } from './cloud-service-watch.ts';
import { whenAborted } from './when-aborted.ts';

export interface CloudServiceTimes {
  /** For the pod, before the Service is made. */
  readonly podMs: number;
  /** For an address, where there is a cloud, and where there is none. */
  readonly addressMs: number;
  readonly pendingMs: number;
  /** After a refusal, for an address after all. */
  readonly refusedMs: number;
  /** For the first answer. */
  readonly answerMs: number;
  /** Until it is deleted, if the reader does not. */
  readonly keptMs: number;
  /** For the object to be gone. */
  readonly goneMs: number;
}

/** All of them together are less than a request may last. */
export const shownTimes: CloudServiceTimes = {
  podMs: 25_000,
  addressMs: 20_000,
  pendingMs: 2_500,
  refusedMs: 700,
  answerMs: 12_000,
  keptMs: 25_000,
  goneMs: 20_000,
};

export interface CloudServiceOrder {
  /** The visitor's. */
  readonly client: ApiClient;
  readonly namespace: string;
  /** The id of a profile, or `none`. */
  readonly cloud: string;
  readonly ports: PortChoice;
  readonly expected: Expectation;
  /** Resolves when the reader wants it deleted. */
  readonly deletion: Promise<unknown>;
  readonly times?: CloudServiceTimes;
}

/**
 * Tells what happens, as it happens. Whatever comes of it, the Service and its pod are deleted.
 *
 * @throws LiveError `connect-failed`; what the apiserver says; the signal's reason
 */
export async function tryCloudService(
  order: CloudServiceOrder,
  network: LabNetwork,
  send: (line: CloudServiceLine) => void,
  signal: AbortSignal,
): Promise<CloudServiceSummary> {
  const { client, namespace, expected, deletion, times = shownTimes } = order;
  const name = `hello-${randomBytes(3).toString('hex')}`;
  const wish = { name, cloud: order.cloud, ports: order.ports, mode: network.mode };
  const services = `/api/v1/namespaces/${namespace}/services`;
  await using owned = new AsyncDisposableStack();
  owned.defer(() => remove(client, `/api/v1/namespaces/${namespace}/pods/${name}`));
  await startPod(client, namespace, podOf(wish), times.podMs, signal);
  const watch = owned.use(await watchService(client, { namespace, name }, signal));

  signal.throwIfAborted();
  const journal = openJournal(send, signal);
  owned.defer(() => remove(client, `${services}/${name}`));
  // Not aborted in the middle: what was made must be known, to be removed.
  const made = await client.create<Service>(services, serviceOf(wish));
  journal.write(madeLine(made));
  // In their order, though it takes a moment to learn what a name stands for.
  let told = Promise.resolve();
  watch.tell(made, (line) => {
    const atMs = journal.now();
    told = told.then(async () => {
      if (line.type !== 'status') {
        journal.write(line, atMs);
        return;
      }
      // Nobody may be there any more who knows: the lab ends.
      const addresses = await standsFor(line.ingress, network).catch(() => []);
      journal.write({ ...line, standsFor: addresses }, atMs);
    });
  });

  const address = await untilAddress(journal, order.cloud, times);
  const knocks = address === null ? [] : knocksAt(address, order, times.answerMs);
  await Promise.all(knocks.map((one) => tell(journal, network, one, signal)));
  if (resultOf(journal.lines) === 'pending') journal.write({ type: 'pending' });
  journal.write({ type: 'settled', result: resultOf(journal.lines) });

  const by = await untilDeletion(deletion, times.keptMs, signal);
  journal.write({ type: 'deleted', by });
  await client.delete(`${services}/${name}`);
  const isGone = await journal.until(
    () => journal.lines.some(({ type }) => type === 'gone'),
    times.goneMs,
  );
  if (isGone) {
    const after = knocks.filter(({ forMs }) => forMs > 0).map((one) => ({ ...one, forMs: 0 }));
    await Promise.all(after.map((one) => tell(journal, network, one, signal)));
  }
  return summarizeCloudService(journal.lines, expected.result);
}

function madeLine({ metadata, spec }: Service): Untimed<MadeLine> {
  const { namespace = '', name } = metadata;
  return {
    type: 'made',
    service: `${namespace}/${name}`,
    clusterIP: spec.clusterIPs?.[0] ?? '',
    ports: (spec.ports ?? []).map(({ protocol = 'TCP', port, nodePort = null }) => ({
      protocol,
      port,
      nodePort,
    })),
  };
}

/** The first address that is given, as packets can be sent to; null where there is none in time. */
async function untilAddress(
  journal: Journal,
  cloud: string,
  { addressMs, pendingMs, refusedMs }: CloudServiceTimes,
): Promise<string | null> {
  const status = () => journal.lines.findLast((line) => line.type === 'status');
  const isGiven = () => (status()?.ingress.length ?? 0) > 0;
  const isRefused = () =>
    journal.lines.some((line) => line.type === 'event' && line.reason === failureReason);
  const isDecided = () => isGiven() || isRefused();
  await journal.until(isDecided, cloud === noCloud ? pendingMs : addressMs);
  // It is tried again, and may yet come.
  if (isRefused()) await journal.until(isGiven, refusedMs);
  const { ingress = [], standsFor: named = [] } = status() ?? {};
  return firstAddress([...ingress.flatMap(({ ip }) => ip ?? []), ...named]);
}

/** What is not accepted is tried once: nobody is to answer. */
function knocksAt(
  address: string,
  { ports, expected }: CloudServiceOrder,
  answerMs: number,
): readonly Knock[] {
  return portChoices[ports].map((protocol) => ({
    protocol,
    address,
    port: echoPort,
    forMs: expected.served.includes(protocol) ? answerMs : 0,
    isForwarded: expected.isForwarded,
  }));
}

async function tell(
  journal: Journal,
  network: LabNetwork,
  one: Knock,
  signal: AbortSignal,
): Promise<void> {
  let atMs = 0;
  const packet = await knock(network, one, () => (atMs = journal.now()), signal);
  journal.write(packet, atMs);
}

async function untilDeletion(
  deletion: Promise<unknown>,
  keptMs: number,
  signal: AbortSignal,
): Promise<DeletedLine['by']> {
  const decided = new AbortController();
  using gone = whenAborted(signal);
  try {
    return await Promise.race([
      deletion.then(() => 'reader' as const),
      pause(keptMs, 'time' as const, { signal: decided.signal }),
      gone.promise,
    ]);
  } finally {
    decided.abort();
  }
}

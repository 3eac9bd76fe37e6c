/** One of several works: whoever holds the Lease. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../proxies/kit/api/api-client.ts';
import { isRefusal } from '../../proxies/kit/api/errors.ts';
import { leases } from './objects/collections.ts';
import type { Lease } from './objects/node.ts';

export interface LeaderElectionOptions {
  readonly client: ApiClient;
  /** Who we are: a name of our own, `controllers_1f2e…`. */
  readonly identity: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

export interface Leadership {
  /** Aborts when the Lease could not be renewed in time: others may work now. */
  readonly lost: AbortSignal;
  /** Gives the Lease back. */
  release(): Promise<void>;
}

/** `--leader-elect-lease-duration`, `-renew-deadline` and `-retry-period`. */
const leaseDurationSeconds = 15;
const renewDeadlineMs = 10_000;
const retryMs = 2000;

const path = `${leases.path.replace('/leases', '/namespaces/kube-system/leases')}/kube-controller-manager`;

/** Resolves when we lead. */
export async function untilLeading(options: LeaderElectionOptions): Promise<Leadership> {
  const { client, identity, signal, log } = options;
  /** The Lease as we last saw it change, and when, by our own clock. */
  let observed = { text: '', at: 0 };

  const tryOnce = async (): Promise<boolean> => {
    const lease = await read(client);
    if (!lease) {
      const collection = path.slice(0, path.lastIndexOf('/'));
      const metadata = { name: 'kube-controller-manager', namespace: 'kube-system' };
      await client.create(collection, { metadata, spec: specFor(identity, undefined) });
      return true;
    }
    const text = JSON.stringify(lease.spec);
    if (text !== observed.text) observed = { text, at: performance.now() };
    const { holderIdentity, leaseDurationSeconds: seconds = leaseDurationSeconds } =
      lease.spec ?? {};
    const isFree = !holderIdentity || performance.now() - observed.at > seconds * 1000;
    if (holderIdentity !== identity && !isFree) return false;
    // Somebody who is faster makes this a conflict.
    await client.update(path, { ...lease, spec: specFor(identity, lease) });
    return true;
  };
  const attempt = async (): Promise<boolean> => {
    try {
      return await tryOnce();
    } catch (error) {
      if (!isRefusal(error, 'Conflict')) log(`leader election: ${String(error)}`);
      return false;
    }
  };

  while (!(await attempt())) await delay(retryMs, undefined, { signal });
  log(`${identity} leads`);
  const lost = new AbortController();
  const released = new AbortController();
  const renewed = keepRenewing(attempt, lost, AbortSignal.any([signal, released.signal]));
  return {
    lost: lost.signal,
    release: async () => {
      released.abort();
      await renewed;
      const lease = await read(client);
      if (lease?.spec?.holderIdentity !== identity) return;
      await client.update(path, { ...lease, spec: { ...lease.spec, holderIdentity: '' } });
    },
  };
}

async function keepRenewing(
  attempt: () => Promise<boolean>,
  lost: AbortController,
  signal: AbortSignal,
): Promise<void> {
  let renewedAt = performance.now();
  for (;;) {
    await delay(retryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    if (await attempt()) renewedAt = performance.now();
    else if (performance.now() - renewedAt > renewDeadlineMs) {
      lost.abort();
      return;
    }
  }
}

async function read(client: ApiClient): Promise<Lease | undefined> {
  try {
    return await client.get<Lease>(path);
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return undefined;
    throw error;
  }
}

function specFor(identity: string, before: Lease | undefined): Lease['spec'] {
  const time = new Date().toISOString().replace('Z', '000Z');
  const isSame = before?.spec?.holderIdentity === identity;
  const { acquireTime = time, leaseTransitions = 0 } = before?.spec ?? {};
  return {
    holderIdentity: identity,
    leaseDurationSeconds,
    acquireTime: isSame ? acquireTime : time,
    renewTime: time,
    leaseTransitions: isSame || !before ? leaseTransitions : leaseTransitions + 1,
  };
}

/** One of several works: whoever holds the Lease. */
import { systemClock, type Clock } from '../clock.ts';
import { pause } from '../pause.ts';
import type { ApiClient, KubeObject } from './api-client.ts';
import { isRefusal } from './errors.ts';

export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

export interface LeaderElectionOptions {
  readonly client: ApiClient;
  /** `{ namespace: 'kube-system', name: 'kube-controller-manager' }` */
  readonly lease: { readonly namespace: string; readonly name: string };
  /** Who we are: a name of our own, `controllers_1f2e…`. */
  readonly identity: string;
  /** `--leader-elect-lease-duration`: how long the others wait for one that renews no more; 15 s. */
  readonly leaseDurationMs?: number;
  /** `--leader-elect-renew-deadline`: how long the one that leads tries to renew before it gives up; 10 s. */
  readonly renewDeadlineMs?: number;
  /** `--leader-elect-retry-period`: the pause between attempts; 2 s. */
  readonly retryPeriodMs?: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly clock?: Clock;
}

export interface Leadership {
  /** Aborts when the Lease could not be renewed in time: others may work now. */
  readonly lost: AbortSignal;
  /** Gives the Lease back. */
  release(): Promise<void>;
}

/** Resolves when we lead. @throws the signal's reason */
export async function untilLeading(options: LeaderElectionOptions): Promise<Leadership> {
  const { client, identity, lease: named, signal, log, clock = systemClock } = options;
  const { leaseDurationMs = 15_000, renewDeadlineMs = 10_000, retryPeriodMs = 2000 } = options;
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${named.namespace}/leases`;
  const path = `${collection}/${named.name}`;
  /** The Lease as we last saw it change, and when, by our own clock. */
  let observed = { text: '', at: 0 };

  const specFor = (before: Lease | undefined): Lease['spec'] => {
    const time = new Date(clock.wall()).toISOString().replace('Z', '000Z');
    const isSame = before?.spec?.holderIdentity === identity;
    const { acquireTime = time, leaseTransitions = 0 } = before?.spec ?? {};
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000),
      acquireTime: isSame ? acquireTime : time,
      renewTime: time,
      leaseTransitions: isSame || !before ? leaseTransitions : leaseTransitions + 1,
    };
  };
  const tryOnce = async (until: AbortSignal): Promise<boolean> => {
    const lease = await read(client, path, until);
    if (!lease) {
      await client.create(
        collection,
        { metadata: named, spec: specFor(undefined) },
        { signal: until },
      );
      return true;
    }
    const text = JSON.stringify(lease.spec);
    if (text !== observed.text) observed = { text, at: clock.now() };
    const { holderIdentity, leaseDurationSeconds: seconds = leaseDurationMs / 1000 } =
      lease.spec ?? {};
    const isFree = !holderIdentity || clock.now() - observed.at > seconds * 1000;
    if (holderIdentity !== identity && !isFree) return false;
    // Somebody who is faster makes this a conflict.
    await client.update(path, { ...lease, spec: specFor(lease) }, { signal: until });
    return true;
  };
  /** No answer is waited for longer than we may believe that we lead. */
  const attempt = async (withinMs: number): Promise<boolean> => {
    const late = new AbortController();
    const timer = clock.after(withinMs, () => late.abort(new Error('no answer in time')));
    try {
      return await tryOnce(AbortSignal.any([signal, late.signal]));
    } catch (error) {
      const isExpected = isRefusal(error, 'Conflict') || isRefusal(error, 'AlreadyExists');
      if (!isExpected && !signal.aborted) log(`leader election: ${String(error)}`);
      return false;
    } finally {
      timer[Symbol.dispose]();
    }
  };
  const keepRenewing = async (lost: AbortController, released: AbortSignal): Promise<void> => {
    let renewedAt = clock.now();
    for (;;) {
      await pause(clock, retryPeriodMs, released).catch(() => undefined);
      if (released.aborted) return;
      const leftMs = renewDeadlineMs - (clock.now() - renewedAt);
      if (leftMs > 0 && (await attempt(leftMs))) renewedAt = clock.now();
      else if (clock.now() - renewedAt >= renewDeadlineMs) {
        lost.abort();
        return;
      }
    }
  };

  while (!(await attempt(renewDeadlineMs))) await pause(clock, retryPeriodMs, signal);
  log(`${identity} leads`);
  const lost = new AbortController();
  const released = new AbortController();
  const renewed = keepRenewing(lost, AbortSignal.any([signal, released.signal]));
  return {
    lost: lost.signal,
    release: async () => {
      released.abort();
      await renewed;
      const lease = await read(client, path);
      if (lease?.spec?.holderIdentity !== identity) return;
      await client.update(path, { ...lease, spec: { ...lease.spec, holderIdentity: '' } });
    },
  };
}

async function read(
  client: ApiClient,
  path: string,
  signal?: AbortSignal,
): Promise<Lease | undefined> {
  try {
    return await client.get<Lease>(path, signal && { signal });
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** A candidate of a leader election by Lease, as client-go's `leaderelection` is one, over client-node. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  ApiException,
  CoordinationV1Api,
  V1Lease,
  V1LeaseSpec,
  V1MicroTime,
  type KubeConfig,
} from '@kubernetes/client-node';

export interface Candidate {
  readonly identity: string;
  /** How often it has renewed the Lease since it began to lead. */
  readonly renewals: number;
  /** As a crash would: the Lease stays as it is. */
  stop(): Promise<void>;
}

export interface CandidateOptions {
  readonly config: KubeConfig;
  readonly identity: string;
  /** Called with whether it leads now, in the moment from which that is so. */
  readonly onChange: (identity: string, isLeading: boolean) => void;
}

const leaseDurationSeconds = 3;
const renewDeadlineMs = 2000;
const retryMs = 300;
const lease = { name: 'election', namespace: 'default' } as const;

/** Starts at once. */
export function startCandidate({ config, identity, onChange }: CandidateOptions): Candidate {
  const api = config.makeApiClient(CoordinationV1Api);
  const ending = new AbortController();
  let observed = { version: '', at: 0 };
  let isLeading = false;
  let renewals = 0;
  let deadline: NodeJS.Timeout | undefined;

  const lead = (will: boolean) => {
    if (isLeading === will) return;
    isLeading = will;
    renewals = 0;
    onChange(identity, will);
  };

  /** Whether the Lease is ours for another while. */
  const tryOnce = async (): Promise<boolean> => {
    const held = await read(api);
    if (!held) {
      const body = Object.assign(new V1Lease(), {
        metadata: { name: lease.name },
        spec: specOf(identity),
      });
      await api.createNamespacedLease({ namespace: lease.namespace, body });
      return true;
    }
    const { metadata, spec } = held;
    const version = metadata?.resourceVersion ?? '';
    if (version !== observed.version) observed = { version, at: performance.now() };
    const isOver = performance.now() - observed.at > leaseDurationSeconds * 1000;
    if (spec?.holderIdentity !== identity && !isOver) return false;
    held.spec = specOf(identity, held);
    await api.replaceNamespacedLease({ ...lease, body: held });
    return true;
  };

  const isEnding = () => ending.signal.aborted;
  const run = async () => {
    while (!isEnding()) {
      const askedAt = performance.now();
      const isOurs = await tryOnce().catch(() => false);
      if (isEnding()) return;
      const leftMs = askedAt + renewDeadlineMs - performance.now();
      if (isOurs && leftMs > 0) {
        clearTimeout(deadline);
        deadline = setTimeout(() => lead(false), leftMs);
        lead(true);
        renewals += 1;
      }
      await delay(retryMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };

  const running = run();
  return {
    identity,
    get renewals() {
      return renewals;
    },
    stop: async () => {
      ending.abort();
      clearTimeout(deadline);
      lead(false);
      await running;
    },
  };
}

async function read(api: CoordinationV1Api): Promise<V1Lease | undefined> {
  try {
    return await api.readNamespacedLease(lease);
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  }
}

function specOf(identity: string, before?: V1Lease): V1LeaseSpec {
  const now = new V1MicroTime();
  const isSame = before?.spec?.holderIdentity === identity;
  const transitions = before?.spec?.leaseTransitions ?? 0;
  return Object.assign(new V1LeaseSpec(), {
    holderIdentity: identity,
    leaseDurationSeconds,
    acquireTime: (isSame ? before.spec?.acquireTime : undefined) ?? now,
    renewTime: now,
    leaseTransitions: isSame || !before ? transitions : transitions + 1,
  });
}

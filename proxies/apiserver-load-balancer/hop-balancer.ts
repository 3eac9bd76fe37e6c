/** Our own load balancer: checks say who may have connections, a dataplane moves them. */
import { messageOf } from '../kit/http/go-error.ts';
import { klogLine, type Severity } from '../kit/klog.ts';
import { createApplyLoop } from './apply-loop.ts';
import { createBackendList } from './backend-list.ts';
import type { WantedBackend } from './backend.ts';
import type { BalancerOptions, RunningBalancer } from './balancer.ts';
import type { WatchBackend } from './checks/checker.ts';
import { httpsChecks } from './checks/watch-backends.ts';
import { changeText, recoursesOf } from './condition-log.ts';
import type { Dataplane } from './dataplane.ts';
import { endWithin } from '../kit/end-within.ts';
import { forgetRemoved } from './forget-removed.ts';
import { loadDataplane, type CreateDataplane } from './load-dataplane.ts';
import { isSamePlan, planForwarding } from './plan.ts';
import { refuseDuplicates } from './refuse-duplicates.ts';

export interface HopBalancerOptions extends BalancerOptions {
  readonly dataplane: Dataplane['kind'];
  /** Default: the dataplane of that kind. */
  readonly createDataplane?: CreateDataplane;
  /** Default: HTTPS checks. */
  readonly watchBackend?: WatchBackend;
  /** At its end, it waits so long for the plan that is being applied, and then for the dataplane. */
  readonly endWithinMs?: number;
}

/** A dataplane that says nothing for so long will not say anything. */
const usualEndMs = 5_000;

/**
 * Starts it, with no backends: new connections are refused until it is told some.
 *
 * @throws Error when an address cannot be listened on, or the dataplane cannot be had.
 */
export async function startHopBalancer(options: HopBalancerOptions): Promise<RunningBalancer> {
  const { dataplane: kind, createDataplane, watchBackend, endWithinMs, ...settings } = options;
  const { check, whenNoneReady, drainTimeoutMs, ...forwarding } = settings;
  const watch = watchBackend ?? httpsChecks(check);
  const create = createDataplane ?? (await loadDataplane(kind));
  const log = (severity: Severity, text: string) => forwarding.log(klogLine(severity, 'hop', text));
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };

  await using starting = new AsyncDisposableStack();
  const endMs = endWithinMs ?? usualEndMs;
  const dataplane = await create({
    ...forwarding,
    log: (text) => log('W', text),
    onSighting: (sighting) => backends.observe(sighting),
  });
  starting.defer(() =>
    endWithin(endMs, Promise.resolve(dataplane[Symbol.asyncDispose]()), () =>
      log('E', `The ${kind} dataplane does not end: it is left as it is`),
    ),
  );
  const loop = starting.use(
    createApplyLoop({
      next: (last) => {
        const plan = planForwarding(backends.planned, whenNoneReady, kind === 'userspace');
        return last !== null && isSamePlan(last, plan) ? null : plan;
      },
      apply: (plan) => {
        backends.taken(plan);
        return dataplane.apply(plan);
      },
      onApplied: (plan) => {
        backends.applied(plan);
        recourses.tell(plan);
      },
      onFailed: (plan, error) => {
        backends.returned(plan);
        log('E', `Cannot tell the ${dataplane.kind} dataplane who is ready: ${messageOf(error)}`);
      },
      onLeft: () => log('E', `The ${kind} dataplane does not answer to its last plan`),
      endWithinMs: endMs,
    }),
  );
  const backends = starting.use(
    createBackendList({
      watch,
      drainTimeoutMs,
      onChecked: (backend, now, before) => {
        // First what it is about.
        if (now.condition !== before.condition) {
          loop.request();
          log(now.condition === 'ready' ? 'I' : 'W', changeText(backend, now, before));
        }
        tell();
      },
      onDrained: ({ name }) => {
        loop.request();
        log('I', `Backend ${name} has had its time to drain: what connections are left are reset`);
      },
    }),
  );
  const recourses = recoursesOf(backends, log);
  starting.use(
    forgetRemoved(backends, dataplane, { everyMs: check.intervalMs, log, onForgotten: tell }),
  );
  const running = starting.move();
  /** The last list that could be applied. */
  let good: readonly WantedBackend[] = [];

  return {
    implementation: 'hop',
    addresses: dataplane.addresses,
    setBackends: async (wanted) => {
      refuseDuplicates(wanted);
      backends.set(wanted);
      tell();
      try {
        await loop.applied();
        good = wanted;
      } catch (error) {
        if (backends.wanted === wanted) {
          backends.set(good);
          loop.request();
          tell();
        }
        throw error;
      }
    },
    statuses: async () => backends.statuses,
    onStatus: (listener) => {
      const own = () => listener();
      listeners.add(own);
      return { [Symbol.dispose]: () => void listeners.delete(own) };
    },
    connections: () => dataplane.connections(),
    counts: () => dataplane.counts(),
    onConnection: (listener) => dataplane.onConnection(listener),
    // Nothing ends it: what fails is tried again.
    failed: new Promise<never>(() => undefined),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

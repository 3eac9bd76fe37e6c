/** Our own load balancer: checks say who may have connections, a dataplane moves them. */
import { messageOf } from '../kit/http/go-error.ts';
import { klogLine, type Severity } from '../kit/klog.ts';
import { createTlsClient, createTlsContext } from '../kit/kubeconfig/tls-client.ts';
import { createApplyLoop } from './apply-loop.ts';
import type { WantedBackend } from './backend.ts';
import { createBackendList, type BackendList } from './backend-list.ts';
import type { BalancerOptions, CheckOptions, RunningBalancer } from './balancer.ts';
import { loadDataplane, type CreateDataplane } from './load-dataplane.ts';
import type { Dataplane } from './dataplane.ts';
import { isSamePlan, planForwarding } from './plan.ts';

export interface HopBalancerOptions extends BalancerOptions {
  readonly dataplane: Dataplane['kind'];
  /** Default: the dataplane of that kind. */
  readonly createDataplane?: CreateDataplane;
}

/** Starts it, with no backends: new connections are refused until it is told some. */
export async function startHopBalancer(options: HopBalancerOptions): Promise<RunningBalancer> {
  const { check, whenNoneReady, drainTimeoutMs } = options;
  const log = (severity: Severity, text: string) => options.log(klogLine(severity, 'hop', text));
  const create = options.createDataplane ?? (await loadDataplane(options.dataplane));
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };

  await using starting = new AsyncDisposableStack();
  const dataplane = starting.use(
    await create({ ...options, onSighting: (sighting) => backends.observe(sighting) }),
  );
  const loop = starting.use(
    createApplyLoop({
      retryMs,
      next: (last) => {
        const plan = planForwarding(backends.planned, whenNoneReady);
        return last !== null && isSamePlan(last, plan) ? null : plan;
      },
      apply: (plan) => {
        backends.taken(plan);
        return dataplane.apply(plan);
      },
      onApplied: (plan) => backends.applied(plan),
      onFailed: (plan, error) => {
        backends.returned(plan);
        log('E', `Cannot tell the ${dataplane.kind} dataplane who is ready: ${messageOf(error)}`);
      },
    }),
  );
  const backends = starting.use(
    createBackendList({
      check,
      tlsFor: tlsClients(check),
      drainTimeoutMs,
      onChecked: ({ name }, { condition, reason }, before) => {
        if (condition !== before.condition) {
          // First what it is about.
          loop.request();
          const why = reason === null ? '' : `: ${reason}`;
          const text = `Backend ${name} is ${condition}, was ${before.condition}${why}`;
          log(condition === 'ready' ? 'I' : 'W', text);
        }
        tell();
      },
      onDrained: ({ name }) => {
        loop.request();
        log('I', `Backend ${name} is drained: connections that are left are reset`);
      },
    }),
  );
  starting.use(
    forgettingRemoved(backends, dataplane, check.intervalMs, (error) =>
      log('W', `Cannot count the connections of backends that were taken off: ${messageOf(error)}`),
    ),
  );
  const running = starting.move();
  const failed = new Promise<never>(() => undefined);

  return {
    implementation: 'hop',
    addresses: dataplane.addresses,
    setBackends: async (wanted) => {
      const before = backends.wanted;
      refuseDuplicates(wanted);
      backends.set(wanted);
      tell();
      try {
        await loop.applied();
      } catch (error) {
        if (backends.wanted === wanted) {
          backends.set(before);
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
    failed,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Looks now and then whether those taken off the list still have connections. */
function forgettingRemoved(
  backends: BackendList,
  dataplane: Dataplane,
  everyMs: number,
  onError: (error: unknown) => void,
): Disposable {
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking || !backends.hasRemoved) return;
    isLooking = true;
    dataplane
      .counts()
      .then(({ active }) => backends.forget(active), onError)
      .finally(() => (isLooking = false));
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** After a plan could not be applied. */
const retryMs = 250;

/** One for each backend: they remember the sessions. What they share is read once. */
function tlsClients({ caPem, serverName }: CheckOptions) {
  const trust = {
    ca: caPem === null ? null : Buffer.from(caPem),
    isInsecure: caPem === null,
  };
  const context = createTlsContext({ ...trust, serverName: '' }, null);
  return ({ address, host }: WantedBackend) => {
    const named = { ...trust, serverName: serverName ?? host ?? '' };
    return createTlsClient(address, named, null, ['http/1.1'], context);
  };
}

function refuseDuplicates(backends: readonly WantedBackend[]): void {
  const names = backends.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`backend ${twice} is on the list twice`);
}

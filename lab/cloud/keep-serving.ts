/** The service controller of the lab's cloud, while we hold the Lease: of several, one works. */
import type { Stage } from '../../proxies/cloud-load-balancer/admin/view.ts';
import {
  startServiceController,
  type RunningController,
  type ServiceControllerOptions,
} from '../../proxies/cloud-load-balancer/controller/service-controller.ts';
import { untilLeading } from '../../proxies/kit/api/leader-election.ts';
import { klogLine } from '../../proxies/kit/klog.ts';
import { untilAllowed } from './until-allowed.ts';

export interface Serving extends AsyncDisposable {
  readonly stage: Stage;
  /** Null while it does not lead. */
  readonly controller: RunningController | null;
}

/** As `hop cloud-lb` has it: who runs that beside the lab's own waits for its turn. */
export const lease = { namespace: 'kube-system', name: 'hop-cloud-lb' };
const leasePath = `/apis/coordination.k8s.io/v1/namespaces/${lease.namespace}/leases/${lease.name}`;

/**
 * Serves until it is disposed of. Who loses the Lease, as one that is cut off does, writes no more, and leaves what
 * is forwarded as it is.
 *
 * @param identity the machine's name: when it comes back, it need not wait for itself
 */
export function keepServing(options: ServiceControllerOptions, identity: string): Serving {
  const { client, log } = options;
  const stop = new AbortController();
  const { signal } = stop;
  const tell = (line: string) => log(klogLine('I', 'hop', line));
  let stage: Stage = 'connecting';
  let controller: RunningController | null = null;

  const serve = async () => {
    await untilAllowed(client, leasePath, signal);
    for (;;) {
      stage = 'standing-by';
      const leadership = await untilLeading({ client, lease, identity, signal, log: tell });
      stage = 'starting';
      const started = await startServiceController(options);
      controller = started;
      void started.began.then(() => {
        if (controller === started) stage = 'serving';
      });
      await untilAborted(AbortSignal.any([signal, leadership.lost]));
      controller = null;
      await started[Symbol.asyncDispose]();
      if (!leadership.lost.aborted) await leadership.release().catch(() => undefined);
      signal.throwIfAborted();
      tell('leader election lost');
    }
  };
  const served = serve().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  // Whoever started us starts us again.
  served.catch((error: unknown) => {
    log(klogLine('F', 'hop', String(error)));
    process.exit(1);
  });
  return {
    get stage() {
      return stage;
    },
    get controller() {
      return controller;
    },
    [Symbol.asyncDispose]: async () => {
      stage = 'stopping';
      stop.abort(new Error('the cloud is ending'));
      await served;
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

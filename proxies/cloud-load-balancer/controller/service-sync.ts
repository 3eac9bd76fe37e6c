/** Brings one Service's load balancer to what the Service says: specification 5.2, in upstream's order and words. */
import { isRefusal } from '../../kit/api/errors.ts';
import { ImplementedElsewhere, RetryLater, type Provider, type TellEvent } from '../provider.ts';
import type { LoadBalancerStatus, Node, Service } from '../service.ts';
import type { ControllerMetrics } from './controller-metrics.ts';
import { messageOf, SyncStepError, step } from './sync-step.ts';
import { DeadlineExceeded, type ProviderCalls } from './provider-calls.ts';
import type { Served } from './served.ts';
import { isSameStatus, type ServiceWriter } from './service-writer.ts';
import { tellOwn, type OwnEvent } from './tell-event.ts';
import { hasFinalizer, isLeaving, isOtherClass, wantsLoadBalancer } from './wants.ts';

export interface ServiceSyncOptions {
  readonly provider: Provider;
  readonly calls: ProviderCalls;
  readonly writer: ServiceWriter;
  readonly served: Served;
  readonly tell: TellEvent;
  readonly eligibleNodes: () => readonly Node[];
  readonly loadBalancerClass: string | null;
  readonly metrics: ControllerMetrics;
  readonly stopped: AbortSignal;
  /** The keys of Services that were as they are before the controller began, or that were ours before they changed. */
  readonly inherited: Set<string>;
  /** Whether it is served by somebody else, so that nothing may be written or cleaned up. */
  readonly isLeftAlone: (service: Service, signal: AbortSignal) => Promise<boolean>;
}

/** Resolves to when to look again, where the cloud has said so. @throws Error when it is to be tried again */
export type SyncService = (key: string) => Promise<RetryLater | null>;

export function createServiceSync(options: ServiceSyncOptions): SyncService {
  const { provider, calls, writer, served, tell, loadBalancerClass, metrics, stopped } = options;
  const { states } = served;
  const say = (service: Service, event: OwnEvent['event'], values: OwnEvent['values'] = {}) =>
    tellOwn(tell, service, { event, values });
  const written = (key: string, service: Service) => {
    served.wrote(key, service);
    return service;
  };

  const ensure = async (key: string, service: Service): Promise<void> => {
    say(service, 'ensuring');
    const held = await step('add load balancer cleanup finalizer', () =>
      unlessGone(() => writer.addFinalizer(service, stopped)),
    );
    // Gone, or another by now: the watch tells what.
    if (!held || held.metadata.uid !== service.metadata.uid) return;
    written(key, held);
    if (isLeaving(held) || !wantsLoadBalancer(held, loadBalancerClass)) {
      // It has become another meanwhile; the finalizer is ours all the same.
      options.inherited.add(key);
      await cleanUp(key, held);
      return;
    }
    const before = states.get(key);
    const status = await step('ensure load balancer', () =>
      unlessElsewhere(() =>
        calls.call(key, (signal) => {
          const nodes = options.eligibleNodes();
          if (nodes.length === 0) say(held, 'unavailable');
          states.set(key, { service: held, nodes, isGoing: false });
          metrics.loadBalancerSyncs += 1;
          return provider.ensureLoadBalancer(held, nodes, signal);
        }),
      ),
    ).catch(async (error: unknown) => {
      // What fails there is tried again with the whole.
      if (!stopped.aborted) await clearLost(key, held, error).catch(() => undefined);
      throw error;
    });
    if (!status) {
      if (before) states.set(key, before);
      else states.delete(key);
      return;
    }
    say(held, 'ensured');
    await writeStatus(key, held, status);
  };

  /** What it had may be somebody else's by now: nobody is to be sent there. The next try gives it another. */
  const clearLost = async (key: string, held: Service, why: unknown): Promise<void> => {
    const isLate = why instanceof SyncStepError && why.cause instanceof DeadlineExceeded;
    const before = newest(key, held);
    if (isLate || isSameStatus(before.status?.loadBalancer, {})) return;
    const get = (signal: AbortSignal) => provider.getLoadBalancer(before, signal);
    if ((await calls.call(key, get)) === null) await writeStatus(key, before, {});
  };

  const cleanUp = async (key: string, service: Service): Promise<void> => {
    const status = await step('check if load balancer exists before cleanup', () =>
      calls.call(key, (signal) => provider.getLoadBalancer(service, signal)),
    );
    const wasServed = states.has(key);
    const isInherited = options.inherited.has(key);
    const isKnown = status !== null || wasServed;
    if (!isKnown && !isOursToClean(service, loadBalancerClass, isInherited)) return;
    const isMoved = isOtherClass(service, loadBalancerClass) && !isLeaving(service);
    // As long as the cloud knows it: without the cloud, an address would be somebody else's.
    const before = newest(key, service);
    if (isMoved && isSameStatus(before.status?.loadBalancer, status ?? {})) {
      await writeStatus(key, before, {});
    }
    if (status) {
      say(service, 'deleting');
      await step('delete load balancer', () => deleteAtCloud(key, service));
    }
    const now = newest(key, service);
    const cleared = isMoved ? now : await writeStatus(key, now, {});
    if (cleared) {
      const freed = await step('remove load balancer cleanup finalizer', () =>
        unlessGone(() => writer.removeFinalizer(cleared, stopped)),
      );
      if (freed) written(key, freed);
    }
    states.delete(key);
    options.inherited.delete(key);
    say(service, 'deleted');
  };

  const deleteAtCloud = (key: string, service: Service) =>
    unlessElsewhere(() =>
      calls.call(key, (signal) => {
        const state = states.get(key);
        if (state) states.set(key, { ...state, isGoing: true });
        return provider.ensureLoadBalancerDeleted(service, signal);
      }),
    );

  const newest = (key: string, service: Service): Service => {
    const latest = served.latest(key);
    return latest && latest.metadata.uid === service.metadata.uid ? latest : service;
  };

  /** Without a Service there is nobody to write to: only the cloud is left. */
  const deleteGone = async (key: string, service: Service): Promise<void> => {
    say(service, 'deleting');
    try {
      await deleteAtCloud(key, service);
    } catch (error) {
      if (!stopped.aborted) say(service, 'deleteFailed', { cause: messageOf(error) });
      throw error;
    }
    states.delete(key);
    say(service, 'deleted');
  };

  const writeStatus = async (key: string, service: Service, status: LoadBalancerStatus) => {
    const after = await step('update load balancer status', () =>
      unlessGone(() => writer.writeStatus(service, status, stopped)),
    );
    return after && written(key, after);
  };

  return async (key) => {
    const service = served.latest(key);
    const before = states.get(key)?.service;
    if (before && before.metadata.uid !== service?.metadata.uid) await deleteGone(key, before);
    if (!service) return null;
    const isWanted = wantsLoadBalancer(service, loadBalancerClass) && !isLeaving(service);
    // What the cloud has of it goes, whoever serves it now.
    const isToGo = !isWanted && states.has(key);
    if (!isToGo && (await options.isLeftAlone(service, stopped))) return null;
    try {
      await (isWanted ? ensure(key, service) : cleanUp(key, service));
      return null;
    } catch (error) {
      if (stopped.aborted) throw error;
      say(service, 'syncFailed', { cause: messageOf(error) });
      const cause = error instanceof SyncStepError ? error.cause : error;
      if (cause instanceof RetryLater) return cause;
      throw error;
    }
  };
}

/** Undefined where somebody else serves it. */
export async function unlessElsewhere<Result>(
  call: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ImplementedElsewhere) return undefined;
    throw error;
  }
}

/** Undefined where the Service is there no more. */
async function unlessGone(write: () => Promise<Service>): Promise<Service | undefined> {
  try {
    return await write();
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return undefined;
    throw error;
  }
}

/**
 * Whether the finalizer is ours, when neither the cloud nor we know anything of the Service: other controllers use
 * the same one. Who serves Services without a class cleans up after each that is no load balancer any more, as
 * upstream. Of others we take it only where there is no address that anybody could still have to give back.
 *
 * @param isInherited it was so when we began, or was ours before it changed: nobody is just about to give it an address
 */
function isOursToClean(
  service: Service,
  loadBalancerClass: string | null,
  isInherited: boolean,
): boolean {
  if (!hasFinalizer(service)) return false;
  const hasAddress = (service.status?.loadBalancer?.ingress?.length ?? 0) > 0;
  if (service.spec.type !== 'LoadBalancer') return loadBalancerClass === null || !hasAddress;
  if (!isOtherClass(service, loadBalancerClass)) return true;
  return !hasAddress && (isInherited || isLeaving(service));
}

/** Tells each load balancer which nodes there are now, where that is news to it, and writes what that changes. */
import { isRefusal } from '../../kit/api/errors.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Node, Service } from '../service.ts';
import { isSameSet } from './node-set.ts';
import type { ServedState } from './served.ts';
import { unlessElsewhere, type ServiceSyncOptions } from './service-sync.ts';
import { messageOf } from './sync-step.ts';
import { tellOwn } from './tell-event.ts';
import { isLeaving, wantsLoadBalancer } from './wants.ts';

export interface NodeSyncOptions extends Omit<ServiceSyncOptions, 'inherited' | 'isLeftAlone'> {
  readonly workers: number;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** Resolves to the keys of the Services for which it failed: only they are to be tried again. */
export type SyncNodes = () => Promise<readonly string[]>;

export function createNodeSync(options: NodeSyncOptions): SyncNodes {
  const { provider, calls, writer, served, tell, eligibleNodes, loadBalancerClass } = options;
  const { metrics, stopped, clock, log } = options;

  /** Whether it need not be tried again. */
  const syncOne = async (key: string): Promise<boolean> => {
    const state = served.states.get(key);
    if (!isToBeTold(state, eligibleNodes())) return true;
    const from = clock.now();
    metrics.loadBalancerSyncs += 1;
    let nodes: readonly Node[] = [];
    try {
      const isTold = await unlessElsewhere(() =>
        calls.call(key, async (signal) => {
          const now = served.states.get(key);
          nodes = eligibleNodes();
          // Somebody was faster, while this call waited for the one before.
          if (!isToBeTold(now, nodes)) return false;
          served.states.set(key, { ...now, nodes });
          const { status } = served.latest(key) ?? now.service;
          const service = { ...now.service, ...(status && { status }) };
          await provider.updateLoadBalancer(service, nodes, signal);
          return true;
        }),
      );
      if (isTold) tellUpdated(state, nodes);
      return true;
    } catch (error) {
      if (stopped.aborted || !(await mayExist(key, state))) return true;
      const values = { nodes: namesOf(nodes), count: nodes.length, cause: messageOf(error) };
      tellOwn(tell, state.service, { event: 'updateFailed', values });
      log(`failed to update load balancer hosts for service ${key}: ${messageOf(error)}`);
      metrics.nodeSyncErrors += 1;
      return false;
    } finally {
      metrics.updateHostsSeconds.observe('', (clock.now() - from) / 1000);
    }
  };
  const tellUpdated = ({ service }: ServedState, nodes: readonly Node[]) => {
    tellOwn(tell, service, { event: nodes.length === 0 ? 'unavailable' : 'updated' });
  };
  /** It is only a failure where there is a load balancer. */
  const mayExist = async (key: string, { service }: ServedState): Promise<boolean> => {
    try {
      const get = (signal: AbortSignal) => provider.getLoadBalancer(service, signal);
      return (await calls.call(key, get)) !== null;
    } catch (error) {
      log(`failed to check if load balancer exists for service ${key}: ${messageOf(error)}`);
      return true;
    }
  };

  /** Where the nodes' own addresses are shown, they change with the nodes and their health. */
  const syncStatus = async (key: string): Promise<boolean> => {
    try {
      await calls.call(key, async (signal) => {
        const before = stillServed(key);
        const status = before && (await provider.getLoadBalancer(before, signal));
        const now = stillServed(key);
        if (!status || !now) return;
        const after = await writer.writeStatus(now, status, signal);
        if (after !== now) served.wrote(key, after);
      });
      return true;
    } catch (error) {
      if (stopped.aborted || isRefusal(error, 'NotFound')) return true;
      log(`failed to update load balancer status of service ${key}: ${messageOf(error)}`);
      return false;
    }
  };
  /** Of others, somebody is just about to clear the status. */
  const stillServed = (key: string): Service | undefined => {
    const [state, latest] = [served.states.get(key), served.latest(key)];
    if (!state || !latest || state.isGoing) return undefined;
    const isSame = state.service.metadata.uid === latest.metadata.uid;
    const isWanted = wantsLoadBalancer(latest, loadBalancerClass) && !isLeaving(latest);
    return isSame && isWanted ? latest : undefined;
  };

  return async () => {
    const from = clock.now();
    const keys = [...served.states.keys()];
    const failed: string[] = [];
    const work = async () => {
      for (let key = keys.shift(); key !== undefined; key = keys.shift()) {
        const isDone = (await syncOne(key)) && (await syncStatus(key));
        if (!isDone) failed.push(key);
      }
    };
    await Promise.all(Array.from({ length: options.workers }, work));
    metrics.nodeSyncSeconds.observe('', (clock.now() - from) / 1000);
    return failed;
  };
}

function isToBeTold(state: ServedState | undefined, nodes: readonly Node[]): state is ServedState {
  return state !== undefined && !state.isGoing && !isSameSet(state.nodes, nodes);
}

const mostNames = 20;

/** `node-1 node-2 <3 more>` */
function namesOf(nodes: readonly Node[]): string {
  const names = nodes
    .slice(0, mostNames)
    .map(({ metadata }) => metadata.name)
    .sort();
  const left = nodes.length - names.length;
  return [...names, ...(left > 0 ? [`<${left} more>`] : [])].join(' ');
}

/** Tells each load balancer which nodes there are now, where that is news to it. */
import type { Clock } from '../../kit/clock.ts';
import type { Node } from '../service.ts';
import { isSameSet } from './node-set.ts';
import type { ServedState } from './served.ts';
import { unlessElsewhere, type ServiceSyncOptions } from './service-sync.ts';
import { messageOf } from './sync-step.ts';
import { tellOwn } from './tell-event.ts';

export interface NodeSyncOptions extends Omit<
  ServiceSyncOptions,
  'writer' | 'loadBalancerClass' | 'inherited' | 'isLeftAlone'
> {
  readonly workers: number;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** Resolves to the keys of the Services for which it failed: only they are to be tried again. */
export type SyncNodes = () => Promise<readonly string[]>;

export function createNodeSync(options: NodeSyncOptions): SyncNodes {
  const { provider, calls, served, tell, eligibleNodes, metrics, stopped, clock, log } = options;

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
          await provider.updateLoadBalancer(now.service, nodes, signal);
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

  return async () => {
    const from = clock.now();
    const keys = [...served.states.keys()];
    const failed: string[] = [];
    const work = async () => {
      for (let key = keys.shift(); key !== undefined; key = keys.shift()) {
        if (!(await syncOne(key))) failed.push(key);
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

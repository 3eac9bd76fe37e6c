/** Who wants to know of flows, over a dataplane that may be replaced. Nothing is asked of it while nobody does. */
import type { Dataplane, ForwardedFlow } from './dataplane.ts';

type Listener = (flow: ForwardedFlow) => void;
type Subscription = Disposable & { readonly ready: Promise<void> };

export interface FlowListeners extends Disposable {
  /** Listens to this one from now on, in place of the one before; null: to none. */
  attach(dataplane: Dataplane | null): void;
  add(listener: Listener): Subscription;
}

export function createFlowListeners(): FlowListeners {
  const listeners = new Set<Listener>();
  let dataplane: Dataplane | null = null;
  let subscription: Subscription | undefined;

  const tell = (flow: ForwardedFlow) => {
    for (const listener of listeners) listener(flow);
  };
  const follow = () => {
    if (listeners.size === 0) {
      subscription?.[Symbol.dispose]();
      subscription = undefined;
    } else {
      subscription ??= dataplane?.onFlow(tell);
    }
  };
  const attach = (next: Dataplane | null) => {
    subscription?.[Symbol.dispose]();
    subscription = undefined;
    dataplane = next;
    follow();
  };
  return {
    attach,
    add: (listener) => {
      listeners.add(listener);
      follow();
      return {
        ready: subscription?.ready ?? Promise.resolve(),
        [Symbol.dispose]: () => {
          listeners.delete(listener);
          follow();
        },
      };
    },
    [Symbol.dispose]: () => {
      listeners.clear();
      attach(null);
    },
  };
}

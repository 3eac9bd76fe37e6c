/** The backends that are watched: those on the operator's list, and those taken off it that still have connections. */
import type { BackendStatus, Sighting, WantedBackend } from './backend.ts';
import type { CheckOptions } from './balancer.ts';
import { startChecker, type Checked, type Checker } from './checks/checker.ts';
import type { ForwardingPlan } from './dataplane.ts';
import type { PlannedBackend } from './plan.ts';
import type { TlsClient } from '../kit/kubeconfig/tls-client.ts';

export interface BackendListOptions {
  readonly check: CheckOptions;
  readonly tlsFor: (backend: WantedBackend) => TlsClient;
  readonly drainTimeoutMs: number;
  readonly onChecked: (backend: WantedBackend, now: Checked, before: Checked) => void;
  /** A drain is over. */
  readonly onDrained: (backend: WantedBackend) => void;
}

export interface BackendList extends Disposable {
  /** The operator's list. */
  readonly wanted: readonly WantedBackend[];
  /** In the operator's order, those that were taken off behind them. */
  readonly planned: readonly PlannedBackend[];
  readonly statuses: readonly BackendStatus[];
  set(wanted: readonly WantedBackend[]): void;
  observe(sighting: Sighting): void;
  /** The plan is about to be applied: whom it resets is reset. */
  taken(plan: ForwardingPlan): void;
  /** It was not: they still are to be reset. */
  returned(plan: ForwardingPlan): void;
  /** It holds: who drains from now on? */
  applied(plan: ForwardingPlan): void;
  /** Whether somebody is watched only for the connections that are left. */
  readonly hasRemoved: boolean;
  /** Forgets those taken off the list that have no connections. */
  forget(active: ReadonlyMap<string, number>): void;
}

interface Watched {
  backend: WantedBackend;
  isWanted: boolean;
  isDue: boolean;
  drain: NodeJS.Timeout | 'over' | undefined;
  readonly checker: Checker;
}

export function createBackendList(options: BackendListOptions): BackendList {
  const { check, tlsFor, drainTimeoutMs } = options;
  const watched = new Map<string, Watched>();
  let wanted: readonly WantedBackend[] = [];
  let eligible: ReadonlySet<string> = new Set();

  const watch = (backend: WantedBackend): Watched => {
    const one: Watched = {
      backend,
      isWanted: true,
      isDue: false,
      drain: undefined,
      checker: startChecker({
        backend,
        tls: tlsFor(backend),
        check,
        onChange: (now, before) => {
          if (now.condition !== before.condition) {
            if (now.condition === 'dead') one.isDue = true;
            if (now.condition === 'ready') one.isDue = false;
          }
          options.onChecked(one.backend, now, before);
        },
      }),
    };
    watched.set(backend.name, one);
    return one;
  };
  const inOrder = () => {
    const listed = wanted.flatMap(({ name }) => watched.get(name) ?? []);
    return [...listed, ...[...watched.values()].filter(({ isWanted }) => !isWanted)];
  };
  const drainIfLeaving = (one: Watched) => {
    if (!isLeaving(one) || eligible.has(one.backend.name)) {
      stopDraining(one);
      return;
    }
    if (one.drain !== undefined || drainTimeoutMs === 0) return;
    one.drain = setTimeout(() => {
      one.drain = 'over';
      one.isDue = true;
      options.onDrained(one.backend);
    }, drainTimeoutMs);
  };
  const end = (one: Watched) => {
    stopDraining(one);
    one.checker[Symbol.dispose]();
    watched.delete(one.backend.name);
  };

  return {
    get wanted() {
      return wanted;
    },
    get planned() {
      return inOrder().map(({ backend, isWanted, isDue, checker }) => {
        return { backend, isWanted, isDue, condition: checker.checked.condition };
      });
    },
    get statuses() {
      return inOrder().map(({ backend, isWanted, checker }) => {
        const { condition, reason, since, checkMs } = checker.checked;
        // Taken off the list: it keeps the connections it has, and gets no new ones.
        const shown = isWanted ? backend : { ...backend, isDraining: true };
        return { backend: shown, condition, reason, since, checkMs };
      });
    },
    set: (backends) => {
      wanted = backends;
      const names = new Set(backends.map(({ name }) => name));
      for (const one of watched.values()) one.isWanted = names.has(one.backend.name);
      for (const backend of backends) {
        const one = watched.get(backend.name);
        // Another host name is verified anew.
        if (one !== undefined && one.backend.host !== backend.host) end(one);
        const kept = watched.get(backend.name);
        if (kept === undefined) watch(backend);
        else kept.backend = backend;
      }
    },
    observe: ({ backend, saw }) => watched.get(backend.name)?.checker.observe(saw),
    taken: ({ reset }) => {
      for (const { name } of reset) mark(watched.get(name), false);
    },
    returned: ({ reset }) => {
      for (const { name } of reset) {
        const one = watched.get(name);
        if (one?.checker.checked.condition !== 'ready' || one.drain === 'over') mark(one, true);
      }
    },
    applied: (plan) => {
      eligible = new Set(plan.eligible.map(({ name }) => name));
      for (const one of watched.values()) drainIfLeaving(one);
    },
    get hasRemoved() {
      return [...watched.values()].some(({ isWanted }) => !isWanted);
    },
    forget: (active) => {
      for (const one of [...watched.values()]) {
        const { name } = one.backend;
        if (!one.isWanted && !eligible.has(name) && (active.get(name) ?? 0) === 0) end(one);
      }
    },
    [Symbol.dispose]: () => {
      for (const one of [...watched.values()]) end(one);
    },
  };
}

/** What connections it has are to end within the time for that. */
function isLeaving({ isWanted, backend, checker }: Watched): boolean {
  const { condition } = checker.checked;
  return !isWanted || backend.isDraining || condition === 'not-ready' || condition === 'untrusted';
}

function stopDraining(one: Watched): void {
  if (one.drain !== 'over') clearTimeout(one.drain);
  one.drain = undefined;
}

function mark(one: Watched | undefined, isDue: boolean): void {
  if (one !== undefined) one.isDue = isDue;
}

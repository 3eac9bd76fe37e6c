/** The backends that are watched: those on the operator's list, and those taken off it that still have connections. */
import type { BackendStatus, Sighting, WantedBackend } from './backend.ts';
import type { Checked, Checker, WatchBackend } from './checks/checker.ts';
import type { ForwardingPlan } from './dataplane.ts';
import type { PlannedBackend } from './plan.ts';

export interface BackendListOptions {
  readonly watch: WatchBackend;
  /** 0: who drains may keep its connections. */
  readonly drainTimeoutMs: number;
  readonly onChecked: (backend: WantedBackend, now: Checked, before: Checked) => void;
  /** Its time to drain is over. */
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
  /** A plan is about to be applied: nobody in it is to be reset any more. */
  taken(plan: ForwardingPlan): void;
  /** It was not applied: they still are. */
  returned(plan: ForwardingPlan): void;
  /** It holds now: who is not in it drains. */
  applied(plan: ForwardingPlan): void;
  /** Whether somebody is watched only for the connections that are left. */
  readonly hasRemoved: boolean;
  /** Forgets those taken off the list that have no connections; tells whether there was one. */
  forget(active: ReadonlyMap<string, number>): boolean;
}

interface Watched {
  backend: WantedBackend;
  isWanted: boolean;
  /** Whether its connections are to be reset; `taken`: by the plan that is being applied. */
  reset: 'no' | 'due' | 'taken';
  drain: NodeJS.Timeout | 'over' | null;
  readonly checker: Checker;
}

export function createBackendList(options: BackendListOptions): BackendList {
  const { drainTimeoutMs } = options;
  const watched = new Map<string, Watched>();
  let wanted: readonly WantedBackend[] = [];
  let eligible: ReadonlySet<string> = new Set();
  let isEnded = false;

  const watch = (backend: WantedBackend): Watched => ({
    backend,
    isWanted: true,
    reset: 'no',
    drain: null,
    checker: options.watch(backend, (now, before) => {
      const one = watched.get(backend.name);
      if (one === undefined) return;
      if (now.condition !== before.condition) {
        if (now.condition === 'dead') one.reset = 'due';
        // Those that it has from now on are not those that were to end.
        if (now.condition === 'ready' && !(one.drain === 'over' && isLeaving(one)))
          one.reset = 'no';
      }
      options.onChecked(one.backend, now, before);
    }),
  });
  const end = (one: Watched) => {
    stopDraining(one);
    one.checker[Symbol.dispose]();
    watched.delete(one.backend.name);
  };
  const inOrder = () => [
    ...wanted.flatMap(({ name }) => watched.get(name) ?? []),
    ...[...watched.values()].filter(({ isWanted }) => !isWanted),
  ];
  const drainIfLeaving = (one: Watched) => {
    if (eligible.has(one.backend.name) || !isLeaving(one)) {
      stopDraining(one);
      return;
    }
    if (one.drain !== null || drainTimeoutMs === 0) return;
    one.drain = setTimeout(() => {
      one.drain = 'over';
      one.reset = 'due';
      options.onDrained(one.backend);
    }, drainTimeoutMs);
  };

  return {
    get wanted() {
      return wanted;
    },
    get planned() {
      return inOrder().map(({ backend, isWanted, reset, checker }) => ({
        ...{ backend, isWanted, isDue: reset === 'due' },
        condition: checker.checked.condition,
      }));
    },
    get statuses() {
      return inOrder().map(({ backend, isWanted, checker }) => {
        const { condition, reason, since, checkMs } = checker.checked;
        // Who was taken off keeps the connections it has, and gets no new ones.
        const shown = isWanted ? backend : { ...backend, isDraining: true };
        return { backend: shown, condition, reason, since, checkMs };
      });
    },
    set: (backends) => {
      if (isEnded) return;
      wanted = backends;
      const byName = new Map(backends.map((backend) => [backend.name, backend]));
      for (const one of [...watched.values()]) {
        const now = byName.get(one.backend.name);
        one.isWanted = now !== undefined;
        // By another host name, its certificate may not be believed.
        if (now !== undefined && now.host !== one.backend.host) end(one);
        else one.backend = now ?? one.backend;
      }
      for (const backend of backends) {
        if (!watched.has(backend.name)) watched.set(backend.name, watch(backend));
      }
    },
    observe: ({ backend, saw }) => watched.get(backend.name)?.checker.observe(saw),
    taken: ({ reset }) => {
      for (const { name } of reset) turn(watched.get(name), 'due', 'taken');
    },
    returned: ({ reset }) => {
      for (const { name } of reset) turn(watched.get(name), 'taken', 'due');
    },
    applied: (plan) => {
      eligible = new Set(plan.eligible.map(({ name }) => name));
      for (const one of watched.values()) {
        turn(one, 'taken', 'no');
        drainIfLeaving(one);
      }
    },
    get hasRemoved() {
      return [...watched.values()].some(({ isWanted }) => !isWanted);
    },
    forget: (active) => {
      const idle = [...watched.values()].filter(({ isWanted, backend: { name } }) => {
        return !isWanted && !eligible.has(name) && (active.get(name) ?? 0) === 0;
      });
      idle.forEach(end);
      return idle.length > 0;
    },
    [Symbol.dispose]: () => {
      isEnded = true;
      for (const one of [...watched.values()]) end(one);
    },
  };
}

/** The connections that it has are to end within the time for that. */
function isLeaving({ isWanted, backend, checker }: Watched): boolean {
  const { condition } = checker.checked;
  return !isWanted || backend.isDraining || condition === 'not-ready' || condition === 'untrusted';
}

function turn(one: Watched | undefined, from: Watched['reset'], to: Watched['reset']): void {
  if (one?.reset === from) one.reset = to;
}

function stopDraining(one: Watched): void {
  if (one.drain !== 'over' && one.drain !== null) clearTimeout(one.drain);
  one.drain = null;
}

/** How often each backend came into each condition. */
import type { Condition } from '../backend.ts';
import type { RunningBalancer } from '../balancer.ts';

export interface ConditionCounts extends Disposable {
  entries(): readonly {
    readonly backend: string;
    readonly condition: Condition;
    readonly count: number;
  }[];
}

export function createConditionCounts(balancer: RunningBalancer): ConditionCounts {
  const now = new Map<string, Condition>();
  const counts = new Map<string, Map<Condition, number>>();
  const look = async () => {
    const statuses = (await balancer.statuses()) ?? [];
    const names = new Set(statuses.map(({ backend }) => backend.name));
    for (const { backend, condition } of statuses) {
      const { name } = backend;
      if (now.get(name) === condition) continue;
      now.set(name, condition);
      const own = counts.get(name) ?? new Map<Condition, number>();
      counts.set(name, own.set(condition, (own.get(condition) ?? 0) + 1));
    }
    // Thousands may come and go.
    for (const name of [...now.keys()].filter((one) => !names.has(one))) {
      now.delete(name);
      counts.delete(name);
    }
  };
  const following = balancer.onStatus(() => void look().catch(() => undefined));
  return {
    entries: () =>
      [...counts].flatMap(([backend, own]) =>
        [...own].map(([condition, count]) => ({ backend, condition, count })),
      ),
    [Symbol.dispose]: () => following[Symbol.dispose](),
  };
}

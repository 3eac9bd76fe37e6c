/** Keeps the rules of ClusterRoles that are sums of others (upstream's clusterrole-aggregation controller). */
import { listAt, type ApiObject } from '../api-object.ts';
import { matchesLabelSelector } from '../label-selector.ts';
import { mirror } from '../mirror.ts';
import type { ApiStore } from '../registry.ts';
import { dryRunOnlyAnnotation, rbacPrefix } from './role-index.ts';

const prefix = `${rbacPrefix}clusterroles/`;

export interface Aggregation extends AsyncDisposable {
  /** Resolves when every sum that was there at the start is right. */
  readonly settled: Promise<void>;
}

/** Follows the ClusterRoles, and writes those that are sums when their parts change. */
export function aggregateRoles(store: ApiStore): Aggregation {
  let isPending = false;
  let running: Promise<void> = Promise.resolve();
  const schedule = () => {
    if (isPending) return;
    isPending = true;
    setImmediate(() => {
      isPending = false;
      running = running.then(writeSums).catch(() => undefined);
    });
  };
  const roles = mirror(store, prefix, schedule);

  const writeSums = async (): Promise<void> => {
    const all = [...roles.entries.values()];
    for (const entry of all) {
      if (entry.value.aggregationRule === undefined) continue;
      const rules = sumOf(
        entry.value,
        all.map(({ value }) => value),
      );
      if (JSON.stringify(rules) === JSON.stringify(listAt(entry.value, 'rules'))) continue;
      // Whoever was faster had the same parts, or its change brings us here again.
      await store.update(entry.key, { ...entry.value, rules }, entry.revision);
    }
  };

  return {
    settled: roles.synced.then(async () => {
      await running.then(writeSums);
    }),
    [Symbol.asyncDispose]: () => roles[Symbol.asyncDispose](),
  };
}

function sumOf(role: ApiObject, all: readonly ApiObject[]) {
  const selectors = listAt(role, 'aggregationRule', 'clusterRoleSelectors');
  const parts = all
    .filter(({ metadata }) => metadata.name !== role.metadata.name)
    // What may only be tried would be done in the sum.
    .filter(({ metadata }) => metadata.annotations?.[dryRunOnlyAnnotation] !== 'true')
    .filter(({ metadata }) =>
      selectors.some((selector) => matchesLabelSelector(selector, metadata.labels ?? {})),
    )
    .sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
  const rules = parts.flatMap((part) => listAt(part, 'rules'));
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}

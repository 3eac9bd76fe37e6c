/** The default roles and their bindings; what was taken out of them is put back (auto-reconciliation). */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { isObject, listAt } from '../api-object.ts';
import type { PolicyRule } from '../authorization.ts';
import type { Loopback } from '../loopback.ts';
import { missingRules } from '../rbac/covers.ts';
import { readRules } from '../rbac/role-index.ts';
import { clusterRoleBindings, clusterRoles, roles, roleBindings } from './policy.ts';

const base = '/apis/rbac.authorization.k8s.io/v1';
const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate';
const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

export async function ensureRoles(api: Loopback): Promise<void> {
  const defaults = [
    ...clusterRoles.map((role) => [`${base}/clusterroles`, role] as const),
    ...clusterRoleBindings.map((binding) => [`${base}/clusterrolebindings`, binding] as const),
    ...roles.map((role) => [pathIn(role.metadata.namespace, 'roles'), role] as const),
    ...roleBindings.map(
      (binding) => [pathIn(binding.metadata.namespace, 'rolebindings'), binding] as const,
    ),
  ];
  await Promise.all(
    defaults.map(async ([collection, { metadata, ...rest }]) => {
      const object = {
        metadata: {
          ...metadata,
          labels: { ...labels, ...metadata.labels },
          annotations: { [autoupdate]: 'true' },
        },
        ...rest,
      };
      if (await api.ensure(collection, object)) return;
      await reconcile(api, `${collection}/${metadata.name}`, rest);
    }),
  );
}

function pathIn(namespace: string | undefined, plural: string): string {
  return `${base}/namespaces/${namespace ?? ''}/${plural}`;
}

/** Adds the rules and subjects that a default lacks, unless somebody said that it is theirs. */
async function reconcile(api: Loopback, path: string, wanted: JsonObject): Promise<void> {
  const found = await api.find(path);
  const metadata = found?.metadata;
  if (!found || !isObject(metadata)) return;
  if (isObject(metadata.annotations) && metadata.annotations[autoupdate] === 'false') return;
  // The rules of these are made of others'.
  if (wanted.aggregationRule !== undefined) return;
  const lost = missingRules(readRules(found.rules), readRules(wanted.rules));
  const own = listAt(found, 'subjects');
  const missing = listAt(wanted, 'subjects').filter(
    (subject) => !own.some((one) => isSame(one, subject)),
  );
  if (lost.length === 0 && missing.length === 0) return;
  await api.send('PUT', path, {
    ...found,
    ...(lost.length > 0
      ? { rules: [...listAt(found, 'rules'), ...lost.map((rule: PolicyRule) => ({ ...rule }))] }
      : {}),
    ...(missing.length > 0 ? { subjects: [...own, ...missing] } : {}),
  });
}

function isSame(one: unknown, other: unknown): boolean {
  return sorted(one) === sorted(other);
}

function sorted(value: unknown): string {
  return JSON.stringify(Object.entries(value ?? {}).sort());
}

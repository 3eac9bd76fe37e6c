/** Whether rules cover others: nobody gives away more than they have (upstream: `validation.Covers`). */
import type { PolicyRule } from '../authorization.ts';
import { coversPath } from './matches.ts';

/** What of `wanted` is not in `held`, each a rule of one verb and one thing. */
export function missingRules(
  held: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
): readonly PolicyRule[] {
  return wanted
    .flatMap(breakDown)
    .filter((piece) => !held.some((rule) => coversPiece(rule, piece)));
}

/** Go's notation: `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}`. */
export function describeRule(rule: PolicyRule): string {
  const fields = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ] as const;
  const parts = fields.flatMap(([name, list]) =>
    list && list.length > 0 ? [`${name}:${quoteList(list)}`] : [],
  );
  return `{${parts.join(', ')}}`;
}

/** Go's `%q` of a list: `["a" "b"]`. */
export function quoteList(list: readonly string[]): string {
  return `[${list.map((text) => JSON.stringify(text)).join(' ')}]`;
}

/** Joins pieces that differ only in their verbs. */
export function compactRules(pieces: readonly PolicyRule[]): readonly PolicyRule[] {
  const grouped = Map.groupBy(pieces, (piece) => describeRule({ ...piece, verbs: [] }));
  return [...grouped.values()].flatMap(([first, ...rest]) =>
    first ? [{ ...first, verbs: [...first.verbs, ...rest.flatMap(({ verbs }) => verbs)] }] : [],
  );
}

function breakDown(rule: PolicyRule): readonly PolicyRule[] {
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const names = resourceNames.length === 0 ? [undefined] : resourceNames;
  return rule.verbs.flatMap((verb) => [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.map((name) => ({
          verbs: [verb],
          apiGroups: [group],
          resources: [resource],
          ...(name === undefined ? {} : { resourceNames: [name] }),
        })),
      ),
    ),
    ...nonResourceURLs.map((url) => ({ verbs: [verb], nonResourceURLs: [url] })),
  ]);
}

function coversPiece(rule: PolicyRule, piece: PolicyRule): boolean {
  if (!includes(rule.verbs, piece.verbs)) return false;
  const [url] = piece.nonResourceURLs ?? [];
  if (url !== undefined) return (rule.nonResourceURLs ?? []).some((own) => coversPath(own, url));
  const [resource = ''] = piece.resources ?? [];
  const [, subresource] = resource.split('/');
  const names = rule.resourceNames ?? [];
  const [name] = piece.resourceNames ?? [];
  return (
    includes(rule.apiGroups, piece.apiGroups ?? []) &&
    (includes(rule.resources, [resource]) ||
      (subresource !== undefined && rule.resources?.includes(`*/${subresource}`) === true)) &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
}

function includes(list: readonly string[] | undefined, [value = '']: readonly string[]): boolean {
  return list?.includes('*') === true || list?.includes(value) === true;
}

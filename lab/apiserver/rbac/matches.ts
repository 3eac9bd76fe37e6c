/** Whether a rule of RBAC covers a request (upstream: `RuleAllows`). */
import type { Attributes, PolicyRule } from '../authorization.ts';

export function matches(rule: PolicyRule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if (!attributes.isResource) {
    return (rule.nonResourceURLs ?? []).some((pattern) => coversPath(pattern, attributes.path));
  }
  const { group, resource, subresource, name } = attributes;
  return (
    has(rule.apiGroups, group) &&
    coversResource(rule.resources, resource, subresource) &&
    coversName(rule.resourceNames, name)
  );
}

function coversResource(
  resources: readonly string[] | undefined,
  resource: string,
  subresource: string,
): boolean {
  if (subresource === '') return has(resources, resource);
  return has(resources, `${resource}/${subresource}`) || includes(resources, `*/${subresource}`);
}

function coversName(names: readonly string[] | undefined, name: string): boolean {
  return names === undefined || names.length === 0 || names.includes(name);
}

/** @example coversPath('/healthz/*', '/healthz/etcd') // true */
export function coversPath(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, ''));
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return includes(list, '*') || includes(list, value);
}

function includes(list: readonly string[] | undefined, value: string): boolean {
  return list?.includes(value) === true;
}

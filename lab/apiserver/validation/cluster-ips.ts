/** Addresses and families of a Service, before anything is allocated, and when they change. */
import type { ApiObject } from '../api-object.ts';
import { duplicate, invalidValue, notSupported, required } from '../field-errors.ts';
import { parseIp } from '../../../proxies/kit/ip.ts';
import {
  clusterIpOf,
  clusterIpsOf,
  familiesOf,
  isHeadless,
  policyOf,
  typeOf,
} from '../resources/service-spec.ts';
import type { Cause } from '../status.ts';
import { invalidIp } from './addresses.ts';

const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const families = ['IPv4', 'IPv6'];
const ipsField = 'spec.clusterIPs';

/** Upstream's `ValidateServiceClusterIPsRelatedFields`. */
export function validateClusterIps(service: ApiObject): readonly Cause[] {
  if (typeOf(service) === 'ExternalName') return [];
  const ips = clusterIpsOf(service);
  const given = familiesOf(service);
  const malformed = ips.flatMap((ip, index) => validateOne(ip, index, ips));
  const loose = [
    ...validateSync(clusterIpOf(service), ips),
    ...given.flatMap((family, index) => [
      ...(families.includes(family)
        ? []
        : [notSupported(`spec.ipFamilies[${index}]`, family, families)]),
      ...(given.indexOf(family) < index ? [duplicate(`spec.ipFamilies[${index}]`, family)] : []),
    ]),
    ...(policyOf(service) === '' || policies.includes(policyOf(service))
      ? []
      : [notSupported('spec.ipFamilyPolicy', policyOf(service), policies)]),
    ...malformed,
    ...(ips.length > 2 ? [invalidValue(ipsField, [...ips], 'may only hold up to 2 values')] : []),
  ];
  // What follows would only say the same again.
  if (malformed.length > 0) return loose;
  const found = new Set(ips.map((ip) => parseIp(ip)?.family));
  return [
    ...loose,
    ...(ips.length > 1 && (found.size < 2 || ips.length > 2)
      ? [invalidValue(ipsField, [...ips], 'may specify no more than one IP for each IP family')]
      : []),
    ...(isHeadless(service) ? [] : validateFamilies(ips, given)),
  ];
}

function validateSync(clusterIp: string, ips: readonly string[]): readonly Cause[] {
  if (clusterIp === '') {
    return ips.length === 0
      ? []
      : [invalidValue(ipsField, [...ips], 'must be empty when `clusterIP` is not specified')];
  }
  if (ips.length === 0) return [required(ipsField)];
  return ips[0] === clusterIp
    ? []
    : [invalidValue(ipsField, [...ips], 'first value must match `clusterIP`')];
}

function validateOne(ip: string, index: number, ips: readonly string[]): readonly Cause[] {
  if (index === 0 && ip === 'None') {
    return ips.length === 1
      ? []
      : [invalidValue(ipsField, [...ips], "'None' must be the first and only value")];
  }
  return invalidIp(ip, `${ipsField}[${index}]`);
}

function validateFamilies(ips: readonly string[], given: readonly string[]): readonly Cause[] {
  return ips.flatMap((ip, index) => {
    const expected = given[index];
    if (expected === undefined || parseIp(ip)?.family === expected) return [];
    const kind = expected === 'IPv4' ? 'an IPv4' : 'an IPv6';
    const detail = `expected ${kind} value as indicated by \`ipFamilies[${index}]\``;
    return [invalidValue(`${ipsField}[${index}]`, ip, detail)];
  });
}

/** Upstream's `validateUpgradeDowngradeClusterIPs` and `…IPFamilies`: the first of each stays. */
export function validateClusterIpsUpdate(service: ApiObject, old: ApiObject): readonly Cause[] {
  if (typeOf(service) === 'ExternalName' || typeOf(old) === 'ExternalName') return [];
  const areBothHeadless = isHeadless(service) && isHeadless(old);
  return [
    ...(areBothHeadless
      ? []
      : validateList(service, clusterIpsOf(service), clusterIpsOf(old), 'clusterIP', ipsField)),
    ...(areBothHeadless
      ? []
      : validateList(service, familiesOf(service), familiesOf(old), 'ipFamily', 'spec.ipFamilies')),
  ];
}

function validateList(
  service: ApiObject,
  now: readonly string[],
  before: readonly string[],
  what: string,
  field: string,
): readonly Cause[] {
  const compared = before.length === now.length ? before.length : Math.min(now.length, 1);
  const changed = before
    .slice(0, compared)
    .flatMap((value, index) =>
      value === now[index]
        ? []
        : [invalidValue(`${field}[${index}]`, [...now], 'may not change once set')],
    );
  if (now.length >= before.length) return changed;
  const released =
    now.length === 0
      ? [invalidValue(`${field}[0]`, [...now], `primary ${what} can not be unset`)]
      : policyOf(service) === 'SingleStack'
        ? []
        : [
            invalidValue(
              'spec.ipFamilyPolicy',
              policyOf(service),
              `must be set to 'SingleStack' when releasing the secondary ${what}`,
            ),
          ];
  return [...changed, ...released];
}

/** Which address families a Service has: upstream's `initIPFamilyFields`. */
import type { ApiObject } from '../api-object.ts';
import { invalidValue } from '../field-errors.ts';
import type { ApiSettings } from '../settings.ts';
import { invalid, type Cause } from '../status.ts';
import {
  clusterIpOf,
  clusterIpsOf,
  familiesOf,
  hasSelector,
  isSame,
  policyOf,
  typeOf,
  withSpec,
} from '../resources/service-spec.ts';
import { isUnchangedPreference } from '../resources/service-update.ts';
import { validateClusterIps } from '../validation/cluster-ips.ts';
import { parseIp } from '../../../proxies/kit/ip.ts';

/**
 * Completes policy and families, or says why they cannot be had.
 *
 * @throws StatusError 422
 */
export function completeFamilies(
  service: ApiObject,
  old: ApiObject | undefined,
  settings: ApiSettings,
): ApiObject {
  if (typeOf(service) === 'ExternalName' || isUnchangedPreference(service, old)) return service;
  const withPolicy = withSpec(service, { ipFamilyPolicy: policyFor(service, old) });
  demandNone(withPolicy, validateClusterIps(withPolicy));
  const reduced = old ? reduce(withPolicy, old) : withPolicy;
  demandNone(reduced, [
    ...(old ? validateReduction(reduced, old) : []),
    ...validateSingle(reduced),
    ...validateInferred(reduced, settings),
  ]);
  return addFamilies(inferFamilies(reduced), settings);
}

/** Without a policy: that of before, or what the input can only mean. */
function policyFor(service: ApiObject, old: ApiObject | undefined): string {
  const given = policyOf(service) || (old ? policyOf(old) : '');
  if (given !== '') return given;
  return clusterIpOf(service) === 'None' && !hasSelector(service)
    ? 'RequireDualStack'
    : 'SingleStack';
}

/** Back to one family: the second address and family may be left standing by the client. */
function reduce(service: ApiObject, old: ApiObject): ApiObject {
  if (policyOf(service) !== 'SingleStack') return service;
  const [ips, families] = [clusterIpsOf(service), familiesOf(service)];
  return withSpec(service, {
    ...(isSame([...ips], [...clusterIpsOf(old)]) && ips.length > 1
      ? { clusterIPs: ips.slice(0, 1) }
      : {}),
    ...(isSame([...families], [...familiesOf(old)]) && families.length > 1
      ? { ipFamilies: families.slice(0, 1) }
      : {}),
  });
}

const policyField = 'spec.ipFamilyPolicy';

function validateReduction(service: ApiObject, old: ApiObject): readonly Cause[] {
  if (policyOf(service) === 'SingleStack') return [];
  const isReduced = (now: readonly string[], before: readonly string[]) =>
    now.length === 1 && before.length > 1;
  return [
    ...(isReduced(clusterIpsOf(service), clusterIpsOf(old))
      ? [about(service, "must be 'SingleStack' to release the secondary cluster IP")]
      : []),
    ...(isReduced(familiesOf(service), familiesOf(old))
      ? [about(service, "must be 'SingleStack' to release the secondary IP family")]
      : []),
  ];
}

function validateSingle(service: ApiObject): readonly Cause[] {
  if (policyOf(service) !== 'SingleStack') return [];
  const either = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
  return [
    ...(clusterIpsOf(service).length === 2
      ? [about(service, `${either} cluster IPs are specified`)]
      : []),
    ...(familiesOf(service).length === 2
      ? [about(service, `${either} IP families are specified`)]
      : []),
  ];
}

function about(service: ApiObject, detail: string): Cause {
  return invalidValue(policyField, policyOf(service), detail);
}

/** An address of a family that the cluster has not. */
function validateInferred(service: ApiObject, settings: ApiSettings): readonly Cause[] {
  const given = familiesOf(service).length;
  return clusterIpsOf(service).flatMap((ip, index) => {
    const family = parseIp(ip)?.family;
    if (family === undefined || index < given || hasFamily(settings, family)) return [];
    return [
      invalidValue(
        `spec.clusterIPs[${index}]`,
        [...clusterIpsOf(service)],
        `${family} is not configured on this cluster`,
      ),
    ];
  });
}

function inferFamilies(service: ApiObject): ApiObject {
  const given = familiesOf(service);
  const inferred = clusterIpsOf(service)
    .slice(given.length)
    .flatMap((ip) => parseIp(ip)?.family ?? []);
  return inferred.length === 0
    ? service
    : withSpec(service, { ipFamilies: [...given, ...inferred] });
}

function addFamilies(service: ApiObject, settings: ApiSettings): ApiObject {
  const given = familiesOf(service);
  const isSelectorless = clusterIpOf(service) === 'None' && !hasSelector(service);
  const hasTwo = settings.serviceClusterIpRanges.length > 1;
  if (!isSelectorless) {
    demandNone(service, [
      ...(policyOf(service) === 'RequireDualStack' && !hasTwo
        ? [about(service, 'this cluster is not configured for dual-stack services')]
        : []),
      ...given.flatMap((family, index) =>
        hasFamily(settings, family)
          ? []
          : [invalidValue(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')],
      ),
    ]);
  }
  const [first = settings.serviceClusterIpRanges[0]?.family ?? 'IPv4', ...rest] = given;
  const wantsTwo = policyOf(service) !== 'SingleStack' && (hasTwo || isSelectorless);
  const second = wantsTwo && rest.length === 0 ? [first === 'IPv4' ? 'IPv6' : 'IPv4'] : rest;
  return withSpec(service, { ipFamilies: [first, ...second] });
}

function hasFamily(settings: ApiSettings, family: string): boolean {
  return settings.serviceClusterIpRanges.some((range) => range.family === family);
}

function demandNone(service: ApiObject, causes: readonly Cause[]): void {
  if (causes.length > 0) {
    throw invalid({ group: '', kind: 'Service' }, service.metadata.name, causes);
  }
}

/** Services (upstream: `ValidateService`, `ValidateServiceUpdate`). */
import { at, isObject, textAt, textsAt, type ApiObject } from '../api-object.ts';
import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import {
  clusterIpOf,
  clusterIpsOf,
  familiesOf,
  isHeadless,
  policyOf,
  portsOf,
  typeOf,
} from '../resources/service-spec.ts';
import type { Cause } from '../status.ts';
import { invalidIp, specialIp } from './addresses.ts';
import { validateClusterIps, validateClusterIpsUpdate } from './cluster-ips.ts';
import { checkLabels, checkName } from './names.ts';
import { validateClassUpdate, validateLoadBalancer } from './service-load-balancer.ts';
import { validateNodePorts, validateOutsidePorts, validatePorts } from './service-ports.ts';
import { validateHealthPortUpdate, validateTraffic } from './service-traffic.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

export function validateService(service: ApiObject): readonly Cause[] {
  const type = typeOf(service);
  const selector = at(service, 'spec', 'selector');
  return [
    ...(portsOf(service).length === 0 && !isHeadless(service) && type !== 'ExternalName'
      ? [required('spec.ports')]
      : []),
    ...validateOutsidePorts(service),
    ...validateType(service),
    ...validatePorts(service),
    ...(isObject(selector) ? checkLabels(selector, 'spec.selector') : []),
    ...validateAffinity(service),
    ...validateClusterIps(service),
    ...textsAt(service, 'spec', 'externalIPs').flatMap((ip, index) => [
      ...invalidIp(ip, `spec.externalIPs[${index}]`),
      ...specialIp(ip, `spec.externalIPs[${index}]`),
    ]),
    ...(types.includes(type) ? [] : [notSupported('spec.type', type, types)]),
    ...validateNodePorts(service),
    ...validateLoadBalancer(service),
    ...validateTraffic(service),
  ];
}

function validateType(service: ApiObject): readonly Cause[] {
  const type = typeOf(service);
  const clusterIp = clusterIpOf(service);
  if (type === 'LoadBalancer' || type === 'NodePort') {
    return isHeadless(service)
      ? [
          invalidValue(
            'spec.clusterIPs[0]',
            'None',
            `may not be set to 'None' for ${type} services`,
          ),
        ]
      : [];
  }
  if (type !== 'ExternalName') return [];
  const name = textAt(service, 'spec', 'externalName');
  const empty = 'may not be set for ExternalName services';
  return [
    ...(clusterIpsOf(service).length > 0 || clusterIp !== ''
      ? [forbiddenField('spec.clusterIPs', empty)]
      : []),
    ...(familiesOf(service).length > 0 ? [forbiddenField('spec.ipFamilies', empty)] : []),
    ...(policyOf(service) === '' ? [] : [forbiddenField('spec.ipFamilyPolicy', empty)]),
    // A name with a dot at its end is a name too.
    ...(name === ''
      ? [required('spec.externalName')]
      : checkName(name.replace(/\.$/, ''), 'subdomain', 'spec.externalName')),
  ];
}

const affinities = ['ClientIP', 'None'];
const longestAffinitySeconds = 86_400;

function validateAffinity(service: ApiObject): readonly Cause[] {
  const affinity = textAt(service, 'spec', 'sessionAffinity');
  const config = at(service, 'spec', 'sessionAffinityConfig');
  const field = 'spec.sessionAffinityConfig';
  if (!affinities.includes(affinity)) {
    return [notSupported('spec.sessionAffinity', affinity, affinities)];
  }
  if (affinity === 'None') {
    return config === undefined
      ? []
      : [forbiddenField(field, 'must not be set when session affinity is None')];
  }
  const seconds = at(config, 'clientIP', 'timeoutSeconds');
  const missing = 'when session affinity type is ClientIP';
  if (typeof seconds !== 'number') return [required(`${field}.clientIP.timeoutSeconds`, missing)];
  return seconds > 0 && seconds <= longestAffinitySeconds
    ? []
    : [
        invalidValue(
          `${field}.clientIP.timeoutSeconds`,
          seconds,
          `must be greater than 0 and less than ${longestAffinitySeconds}`,
        ),
      ];
}

export function validateServiceUpdate(service: ApiObject, old: ApiObject): readonly Cause[] {
  return [
    ...validateClusterIpsUpdate(service, old),
    ...validateClassUpdate(service, old),
    ...validateHealthPortUpdate(service, old),
  ];
}

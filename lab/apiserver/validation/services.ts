/** Services (upstream: `ValidateService`, `ValidateServiceUpdate`). */
import { at, isObject, listAt, numberAt, textAt, textsAt, type ApiObject } from '../api-object.ts';
import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import {
  clusterIpOf,
  clusterIpsOf,
  familiesOf,
  isExternal,
  isHeadless,
  isSame,
  needsHealthPort,
  policyOf,
  portsOf,
  typeOf,
} from '../resources/service-spec.ts';
import type { Cause } from '../status.ts';
import { invalidIp, invalidRange, specialIp } from './addresses.ts';
import { validateClusterIps, validateClusterIpsUpdate } from './cluster-ips.ts';
import { checkLabels, checkName, checkQualifiedName } from './names.ts';
import { validatePorts } from './service-ports.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

export function validateService(service: ApiObject): readonly Cause[] {
  const type = typeOf(service);
  const selector = at(service, 'spec', 'selector');
  return [
    ...(portsOf(service).length === 0 && !isHeadless(service) && type !== 'ExternalName'
      ? [required('spec.ports')]
      : []),
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

const forLoadBalancers = "may only be used when `type` is 'LoadBalancer'";

function validateLoadBalancer(service: ApiObject): readonly Cause[] {
  const isLoadBalancer = typeOf(service) === 'LoadBalancer';
  const ranges = textsAt(service, 'spec', 'loadBalancerSourceRanges');
  const className = textAt(service, 'spec', 'loadBalancerClass');
  const allocates = at(service, 'spec', 'allocateLoadBalancerNodePorts');
  return [
    ...(ranges.length > 0 && !isLoadBalancer
      ? [forbiddenField('spec.loadBalancerSourceRanges', forLoadBalancers)]
      : []),
    ...ranges.flatMap((range, index) =>
      invalidRange(range.trim(), `spec.loadBalancerSourceRanges[${index}]`),
    ),
    ...(allocates !== undefined && !isLoadBalancer
      ? [forbiddenField('spec.allocateLoadBalancerNodePorts', forLoadBalancers)]
      : []),
    ...(isLoadBalancer && allocates === undefined
      ? [required('spec.allocateLoadBalancerNodePorts')]
      : []),
    ...(className !== '' && !isLoadBalancer
      ? [forbiddenField('spec.loadBalancerClass', forLoadBalancers)]
      : []),
    ...(className === '' ? [] : checkQualifiedName(className, 'spec.loadBalancerClass')),
  ];
}

const policies = ['Cluster', 'Local'];
const distributions = ['PreferClose'];

function validateTraffic(service: ApiObject): readonly Cause[] {
  const external = textAt(service, 'spec', 'externalTrafficPolicy');
  const internal = textAt(service, 'spec', 'internalTrafficPolicy');
  const distribution = textAt(service, 'spec', 'trafficDistribution');
  const health = numberAt(service, 'spec', 'healthCheckNodePort');
  const isExternalName = typeOf(service) === 'ExternalName';
  return [
    ...(external !== '' && !isExternal(service)
      ? [
          invalidValue(
            'spec.externalTrafficPolicy',
            external,
            'may only be set for externally-accessible services',
          ),
        ]
      : []),
    ...(isExternal(service) && external === '' ? [required('spec.externalTrafficPolicy')] : []),
    ...(external === '' || policies.includes(external)
      ? []
      : [notSupported('spec.externalTrafficPolicy', external, policies)]),
    ...(health !== 0 && !needsHealthPort(service)
      ? [
          invalidValue(
            'spec.healthCheckNodePort',
            health,
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
          ),
        ]
      : []),
    ...(health < 0 || health > 65535
      ? [invalidValue('spec.healthCheckNodePort', health, 'must be between 1 and 65535, inclusive')]
      : []),
    ...(internal === '' && !isExternalName && types.includes(typeOf(service))
      ? [required('spec.internalTrafficPolicy')]
      : []),
    ...(internal === '' || policies.includes(internal)
      ? []
      : [notSupported('spec.internalTrafficPolicy', internal, policies)]),
    ...(distribution === '' || distributions.includes(distribution)
      ? []
      : [notSupported('spec.trafficDistribution', distribution, distributions)]),
  ];
}

export function validateServiceUpdate(service: ApiObject, old: ApiObject): readonly Cause[] {
  return [
    ...validateClusterIpsUpdate(service, old),
    ...validateLoadBalancerClass(service, old),
    ...validateHealthPort(service, old),
  ];
}

function validateLoadBalancerClass(service: ApiObject, old: ApiObject): readonly Cause[] {
  if (typeOf(service) !== 'LoadBalancer' || typeOf(old) !== 'LoadBalancer') return [];
  const now = at(service, 'spec', 'loadBalancerClass');
  return isSame(now, at(old, 'spec', 'loadBalancerClass'))
    ? []
    : [invalidValue('spec.loadBalancerClass', now, 'may not change once set')];
}

function validateHealthPort(service: ApiObject, old: ApiObject): readonly Cause[] {
  if (!needsHealthPort(service) || !needsHealthPort(old)) return [];
  const [now, before] = [service, old].map((one) => numberAt(one, 'spec', 'healthCheckNodePort'));
  return now === before
    ? []
    : [invalidValue('spec.healthCheckNodePort', now, 'field is immutable')];
}

/** What a load balancer may say of itself. */
export function validateServiceStatus(service: ApiObject): readonly Cause[] {
  const field = 'status.loadBalancer.ingress';
  return listAt(service, 'status', 'loadBalancer', 'ingress').flatMap((ingress, index) => {
    const [ip, hostname] = [textAt(ingress, 'ip'), textAt(ingress, 'hostname')];
    const mode = textAt(ingress, 'ipMode');
    return [
      ...(ip === '' ? [] : invalidIp(ip, `${field}[${index}].ip`)),
      ...(hostname === '' ? [] : checkName(hostname, 'subdomain', `${field}[${index}].hostname`)),
      ...(mode !== '' && ip === ''
        ? [forbiddenField(`${field}[${index}].ipMode`, 'may not be specified when `ip` is not set')]
        : []),
      ...(mode === '' || ['Proxy', 'VIP'].includes(mode)
        ? []
        : [notSupported(`${field}[${index}].ipMode`, mode, ['Proxy', 'VIP'])]),
    ];
  });
}

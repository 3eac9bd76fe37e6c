/** What Services of type LoadBalancer say, and what is said of them (upstream: `ValidateLoadBalancerStatus`). */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { parseIp } from '../../../proxies/kit/ip.ts';
import { at, listAt, textAt, textsAt, type ApiObject } from '../api-object.ts';
import { forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import { isSame, typeOf } from '../resources/service-spec.ts';
import type { Cause } from '../status.ts';
import { invalidIp, invalidRange } from './addresses.ts';
import { checkName, checkQualifiedName } from './names.ts';

const forLoadBalancers = "may only be used when `type` is 'LoadBalancer'";

const isLoadBalancer = (service: ApiObject) => typeOf(service) === 'LoadBalancer';

export function validateLoadBalancer(service: ApiObject): readonly Cause[] {
  const allocates = at(service, 'spec', 'allocateLoadBalancerNodePorts');
  return [
    ...validateSourceRanges(service),
    ...(allocates !== undefined && !isLoadBalancer(service)
      ? [forbiddenField('spec.allocateLoadBalancerNodePorts', forLoadBalancers)]
      : []),
    // Upstream's field is so.
    ...(isLoadBalancer(service) && allocates === undefined
      ? [required('allocateLoadBalancerNodePorts')]
      : []),
    ...validateClass(service),
  ];
}

const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** Of the field, or where that is empty of the annotation from before there was one. */
function validateSourceRanges(service: ApiObject): readonly Cause[] {
  // Upstream's field is so.
  const field = 'spec.LoadBalancerSourceRanges';
  const annotation = `metadata.annotations[${rangesAnnotation}]`;
  const ranges = textsAt(service, 'spec', 'loadBalancerSourceRanges');
  const annotated = service.metadata.annotations?.[rangesAnnotation];
  const misplaced = (where: string) =>
    isLoadBalancer(service) ? [] : [forbiddenField(where, forLoadBalancers)];
  if (ranges.length > 0) {
    return [
      ...misplaced(field),
      ...ranges.flatMap((range, index) => invalidRange(range.trim(), `${field}[${index}]`)),
    ];
  }
  if (annotated === undefined) return [];
  const listed = annotated.trim() === '' ? [] : annotated.split(',');
  return [
    ...misplaced(annotation),
    ...listed.flatMap((range) => invalidRange(range.trim(), annotation)),
  ];
}

function validateClass(service: ApiObject): readonly Cause[] {
  const field = 'spec.loadBalancerClass';
  const name = at(service, 'spec', 'loadBalancerClass');
  if (typeof name !== 'string') return [];
  return isLoadBalancer(service)
    ? checkQualifiedName(name, field)
    : [forbiddenField(field, forLoadBalancers)];
}

/** Who serves a load balancer is said once. */
export function validateClassUpdate(service: ApiObject, old: ApiObject): readonly Cause[] {
  if (!isLoadBalancer(service) || !isLoadBalancer(old)) return [];
  const now = at(service, 'spec', 'loadBalancerClass');
  return isSame(now, at(old, 'spec', 'loadBalancerClass'))
    ? []
    : [invalidValue('spec.loadBalancerClass', now, 'may not change once set')];
}

/** What a load balancer may say of itself. What it says of its ports upstream does not look at. */
export function validateServiceStatus(service: ApiObject): readonly Cause[] {
  const field = 'status.loadBalancer.ingress';
  const ingress = listAt(service, 'status', 'loadBalancer', 'ingress');
  if (ingress.length > 0 && !isLoadBalancer(service)) {
    return [forbiddenField(field, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  return ingress.flatMap((one, index) => validateIngress(one, `${field}[${index}]`));
}

const ipModes = ['Proxy', 'VIP'];

function validateIngress(ingress: Json, field: string): readonly Cause[] {
  const [ip, hostname] = [textAt(ingress, 'ip'), textAt(ingress, 'hostname')];
  return [
    ...(ip === '' ? [] : invalidIp(ip, `${field}.ip`)),
    ...validateIpMode(at(ingress, 'ipMode'), ip, `${field}.ipMode`),
    ...(hostname === '' ? [] : checkName(hostname, 'subdomain', `${field}.hostname`)),
    ...(parseIp(hostname) === undefined
      ? []
      : [invalidValue(`${field}.hostname`, hostname, 'must be a DNS name, not an IP address')]),
  ];
}

function validateIpMode(mode: Json | undefined, ip: string, field: string): readonly Cause[] {
  if (typeof mode !== 'string') {
    return ip === '' ? [] : [required(field, 'must be specified when `ip` is set')];
  }
  if (ip === '') return [forbiddenField(field, 'may not be specified when `ip` is not set')];
  return ipModes.includes(mode) ? [] : [notSupported(field, mode, ipModes)];
}

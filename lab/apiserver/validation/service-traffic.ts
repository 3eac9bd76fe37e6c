/** Which pods and nodes a Service's traffic may go to (upstream: `validateServiceExternalTrafficPolicy` and others). */
import { numberAt, textAt, type ApiObject } from '../api-object.ts';
import {
  forbiddenField,
  invalidForEach,
  invalidValue,
  notSupported,
  required,
} from '../field-errors.ts';
import {
  healthPortOf,
  isExternallyAccessible,
  needsClusterIp,
  needsHealthPort,
} from '../resources/service-spec.ts';
import type { Cause } from '../status.ts';
import { portNumberProblems } from './names.ts';

const policies = ['Cluster', 'Local'];
const distributions = ['PreferClose'];

export function validateTraffic(service: ApiObject): readonly Cause[] {
  const internal = textAt(service, 'spec', 'internalTrafficPolicy');
  const distribution = textAt(service, 'spec', 'trafficDistribution');
  return [
    ...validateExternalPolicy(service),
    ...validateHealthPort(service),
    ...(internal === '' && needsClusterIp(service) ? [required('spec.internalTrafficPolicy')] : []),
    ...(internal === '' || policies.includes(internal)
      ? []
      : [notSupported('spec.internalTrafficPolicy', internal, policies)]),
    ...(distribution === '' || distributions.includes(distribution)
      ? []
      : [notSupported('spec.trafficDistribution', distribution, distributions)]),
  ];
}

function validateExternalPolicy(service: ApiObject): readonly Cause[] {
  const field = 'spec.externalTrafficPolicy';
  const policy = textAt(service, 'spec', 'externalTrafficPolicy');
  if (!isExternallyAccessible(service)) {
    return policy === ''
      ? []
      : [invalidValue(field, policy, 'may only be set for externally-accessible services')];
  }
  if (policy === '') return [required(field)];
  return policies.includes(policy) ? [] : [notSupported(field, policy, policies)];
}

const healthField = 'spec.healthCheckNodePort';

function validateHealthPort(service: ApiObject): readonly Cause[] {
  const port = numberAt(service, 'spec', 'healthCheckNodePort');
  if (needsHealthPort(service)) {
    return port === 0
      ? [required(healthField)]
      : invalidForEach(healthField, port, portNumberProblems(port));
  }
  const detail =
    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
  return port === 0 ? [] : [invalidValue(healthField, port, detail)];
}

export function validateHealthPortUpdate(service: ApiObject, old: ApiObject): readonly Cause[] {
  const isBoth = needsHealthPort(service) && needsHealthPort(old);
  return isBoth && healthPortOf(service) !== healthPortOf(old)
    ? [forbiddenField(healthField, 'field is immutable')]
    : [];
}

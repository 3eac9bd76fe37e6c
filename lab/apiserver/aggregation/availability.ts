/** Whether an aggregated API server can be asked (upstream: `AvailableConditionController`). */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { listAt, textAt, type ApiObject } from '../api-object.ts';
import { typeOf } from '../resources/service-spec.ts';
import { timestamp } from '../metadata.ts';
import type { ServiceReference } from './api-service.ts';
import { portNameOf, readyEndpoints, type Backends } from './backends.ts';

export interface Finding {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

export const passed: Finding = {
  status: 'True',
  reason: 'Passed',
  message: 'all checks passed',
};

/** What is missing before it can be asked at all; undefined where nothing is. */
export function findMissing(
  { namespace, name, port }: ServiceReference,
  backends: Pick<Backends, 'service' | 'slices'>,
): Finding | undefined {
  const service = backends.service();
  const its = `service/${name} in "${namespace}"`;
  if (!service) return failed('ServiceNotFound', `${its} is not present`);
  if (typeOf(service) !== 'ClusterIP') return undefined;
  const portName = portNameOf(service, port);
  if (portName === undefined) {
    return failed('ServicePortError', `${its} is not listening on port ${port}`);
  }
  const slices = backends.slices();
  if (slices.length === 0) {
    return failed('EndpointsNotFound', `cannot find endpointslices for ${its}`);
  }
  if (slices.some((slice) => readyEndpoints(slice, portName).length > 0)) return undefined;
  const message = `endpointslices for ${its} have no addresses with port name "${portName}"`;
  return failed('MissingEndpoints', message);
}

export function failed(reason: string, message: string): Finding {
  return { status: 'False', reason, message };
}

/** The APIService with what was found; undefined where its status says so already. */
export function withFinding(apiService: ApiObject, finding: Finding): ApiObject | undefined {
  const conditions = listAt(apiService, 'status', 'conditions');
  const isAvailable = (one: (typeof conditions)[number]) => textAt(one, 'type') === 'Available';
  const old = conditions.find(isAvailable);
  const fields = ['status', 'reason', 'message'] as const;
  if (old && fields.every((field) => textAt(old, field) === finding[field])) return undefined;
  const condition: JsonObject = {
    type: 'Available',
    status: finding.status,
    lastTransitionTime:
      textAt(old, 'status') === finding.status ? textAt(old, 'lastTransitionTime') : timestamp(),
    reason: finding.reason,
    message: finding.message,
  };
  const others = conditions.filter((one) => !isAvailable(one));
  return { ...apiService, status: { conditions: [...others, condition] } };
}

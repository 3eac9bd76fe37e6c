/** What is answered where there is nowhere to go, as the real server answers it. */
import { StatusError } from '../../kit/api/status-error.ts';
import type { ProxyResource } from '../proxy-call.ts';

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

/** An address that leads to the server itself, to its neighbours, or to nobody. */
export function addressNotAllowed(): StatusError {
  return badRequest('address not allowed');
}

export function notFound(resource: ProxyResource, name: string): StatusError {
  const details = { name, kind: resource };
  return new StatusError(404, 'NotFound', `${resource} "${name}" not found`, details);
}

export function unavailable(message: string): StatusError {
  return new StatusError(503, 'ServiceUnavailable', message);
}

/** The name, or the whole id. */
export function noEndpoints(service: string): StatusError {
  return unavailable(`no endpoints available for service ${JSON.stringify(service)}`);
}

export function unreachable(cause: string): StatusError {
  return unavailable(`error trying to reach service: ${cause}`);
}

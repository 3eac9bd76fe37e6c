/** What is answered where there is nowhere to go, as the real server answers it. */
import { StatusError } from '../../kit/api/status-error.ts';
import type { ProxyResource } from '../proxy-call.ts';
import { refusal } from '../refusal.ts';

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

/** An address that leads to the server itself, to its neighbours, or to nobody. */
export function addressNotAllowed(): StatusError {
  return refusal('address-not-allowed');
}

export function notFound(resource: ProxyResource, name: string): StatusError {
  const details = { name, kind: resource };
  return new StatusError(404, 'NotFound', `${resource} "${name}" not found`, details);
}

/** The name, or the whole id. */
export function noEndpoints(service: string): StatusError {
  return refusal('no-endpoints', { id: JSON.stringify(service).slice(1, -1) });
}

export function unreachable(cause: string): StatusError {
  return refusal('unreachable', { cause });
}

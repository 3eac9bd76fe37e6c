/** The errors of the API: `metav1.Status`, with Kubernetes' reasons and words. */
import { StatusError } from '../../proxies/kit/api/status-error.ts';
import {
  about,
  badRequest,
  forbidden,
  internalError,
  methodNotAllowed,
  notFound,
  qualifiedName,
  tooManyRequests,
  unauthorized,
  type Qualified,
} from '../../proxies/kit/apiserver/refusals.ts';
import { StoreTimeoutError } from '../store/store.ts';
import type { JsonObject } from '../../proxies/kit/api/json.ts';

export {
  badRequest,
  forbidden,
  internalError,
  methodNotAllowed,
  notFound,
  qualifiedName,
  StatusError,
  tooManyRequests,
  unauthorized,
  type Qualified,
};

export interface Cause extends JsonObject {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

export function alreadyExists(resource: Qualified, name: string): StatusError {
  const message = `${qualifiedName(resource)} "${name}" already exists`;
  return new StatusError(409, 'AlreadyExists', message, about(resource, name));
}

export function conflict(resource: Qualified, name: string, cause: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${cause}`;
  return new StatusError(409, 'Conflict', message, about(resource, name));
}

export function modifiedMeanwhile(resource: Qualified, name: string): StatusError {
  return conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

/** 422. Several causes are written as a list, as field errors aggregate upstream. */
export function invalid(
  { group, kind }: { readonly group: string; readonly kind: string },
  name: string,
  causes: readonly Cause[],
): StatusError {
  const lines = causes.map(({ field, message }) => `${field}: ${message}`);
  const list = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  const qualified = group === '' ? kind : `${kind}.${group}`;
  return new StatusError(422, 'Invalid', `${qualified} "${name}" is invalid: ${list}`, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind,
    causes: causes.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}

/** For a path that nothing is at, below a group and version that are served. */
export function noSuchResource(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function notAcceptable(accepted: readonly string[]): StatusError {
  const message = `only the following media types are accepted: ${accepted.join(', ')}`;
  return new StatusError(406, 'NotAcceptable', message);
}

export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new StatusError(415, 'UnsupportedMediaType', message);
}

export function tooLarge(limitBytes: number): StatusError {
  const message = `Request entity too large: limit is ${limitBytes}`;
  return new StatusError(413, 'RequestEntityTooLarge', message);
}

export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}

/** Whatever was thrown. The store's own words are answered as they are, as upstream answers etcd's. */
export function statusErrorOf(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof StoreTimeoutError) return new StatusError(500, undefined, error.message);
  return internalError(error instanceof Error ? error.message : String(error));
}

/** The errors of the API: `metav1.Status`, with Kubernetes' reasons and words. */
import { StatusError, type StatusDetails } from '../../proxies/kit/api/status-error.ts';
import { StoreTimeoutError } from '../store/store.ts';
import type { JsonObject } from '../../proxies/kit/api/json.ts';

export { StatusError };

export interface Cause extends JsonObject {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** A resource as error messages name it: `pods`, or `deployments.apps`. */
export interface Qualified {
  readonly group: string;
  readonly plural: string;
}

export function qualifiedName({ group, plural }: Qualified): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function about({ group, plural }: Qualified, name?: string): StatusDetails {
  return {
    ...(name === undefined || name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: plural,
  };
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized');
}

/** `resource` is absent for paths that are not resources. */
export function forbidden(message: string, resource?: Qualified, name?: string): StatusError {
  const subject = resource
    ? `${qualifiedName(resource)}${name ? ` "${name}"` : ''} is forbidden: `
    : 'forbidden: ';
  return new StatusError(
    403,
    'Forbidden',
    subject + message,
    resource ? about(resource, name) : {},
  );
}

export function notFound(resource: Qualified, name: string): StatusError {
  const message = `${qualifiedName(resource)} "${name}" not found`;
  return new StatusError(404, 'NotFound', message, about(resource, name));
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

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function methodNotAllowed(): StatusError {
  return new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
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

/** Upstream's words where too many requests are under way. */
export function tooManyRequests(): StatusError {
  return new StatusError(429, 'TooManyRequests', 'Too many requests, please try again later.', {
    retryAfterSeconds: 1,
  });
}

export function internalError(cause: string): StatusError {
  return new StatusError(500, 'InternalError', `Internal error occurred: ${cause}`, {
    causes: [{ message: cause }],
  });
}

/** Whatever was thrown. The store's own words are answered as they are, as upstream answers etcd's. */
export function statusErrorOf(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof StoreTimeoutError) return new StatusError(500, undefined, error.message);
  return internalError(error instanceof Error ? error.message : String(error));
}

/** The refusals that every server of the API knows, in Kubernetes' words. */
import { StatusError, type StatusDetails } from '../api/status-error.ts';

/** A resource as error messages name it: `pods`, or `deployments.apps`. */
export interface Qualified {
  readonly group: string;
  readonly plural: string;
}

export function qualifiedName({ group, plural }: Qualified): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** The `details` of an error about one object of a resource. */
export function about({ group, plural }: Qualified, name?: string): StatusDetails {
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

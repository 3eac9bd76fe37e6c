/** The answers that the apiserver proxy makes itself: what the target answers passes as it is. */
import type { z } from 'zod';
import type { errorSchema } from '../../descriptor.ts';

/** As a `metav1.Status`. */
const status = <Id extends string>(code: number, id: Id, reason: string | null, message: string) =>
  ({
    id,
    status: code,
    contentType: 'application/json',
    body: null,
    reason,
    message,
  }) satisfies z.input<typeof errorSchema>;

export const errors = [
  { id: 'missing-slash', status: 301, contentType: null, body: null },
  status(400, 'invalid-id', 'BadRequest', 'invalid service request "{id}"'),
  status(400, 'address-not-allowed', 'BadRequest', 'address not allowed'),
  status(400, 'no-dry-run', 'BadRequest', 'dryRun is not supported'),
  status(
    400,
    'application-authorization-refused',
    'BadRequest',
    'X-Hop-Authorization is not allowed: the server runs without --allow-application-authorization',
  ),
  status(400, 'unclear-request', 'BadRequest', 'the length of the body is not clear'),
  status(400, 'unknown-rewriting', 'BadRequest', 'X-Hop-Rewrite must be "none"'),
  status(401, 'not-authenticated', 'Unauthorized', 'Unauthorized'),
  status(
    403,
    'not-authorized',
    'Forbidden',
    'services "{id}" is forbidden: User "{user}" cannot get resource "services/proxy" in API group "" in the namespace "{namespace}"',
  ),
  status(404, 'no-object', 'NotFound', 'services "{name}" not found'),
  status(
    405,
    'no-such-method',
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  ),
  status(500, 'node-without-address', null, 'no preferred addresses found; known addresses: []'),
  status(
    500,
    'unreadable-location',
    'InternalError',
    'Internal error occurred: error trying to parse Location header: {cause}',
  ),
  status(500, 'upgrade-not-dialled', null, 'error dialing backend: {cause}'),
  status(500, 'not-upgraded', null, 'invalid upgrade response: status code {status}'),
  status(
    502,
    'redirect-refused',
    null,
    'the backend attempted to redirect this request, which is not permitted',
  ),
  status(
    503,
    'no-service-port',
    'ServiceUnavailable',
    'no service port {port} found for service "{name}"',
  ),
  status(503, 'no-endpoints', 'ServiceUnavailable', 'no endpoints available for service "{id}"'),
  status(503, 'unreachable', 'ServiceUnavailable', 'error trying to reach service: {cause}'),
] as const;

/** What an authorizer decides on, and the refusal where it does not allow it. */
import type { StatusError } from '../api/status-error.ts';
import { forbidden } from './refusals.ts';
import type { RequestInfo } from './request-info.ts';
import type { User } from './user.ts';

/** What is asked: enough of a request to decide on, also for `kubectl auth can-i`. */
export type Attributes = Pick<
  RequestInfo,
  'isResource' | 'verb' | 'group' | 'resource' | 'subresource' | 'namespace' | 'name' | 'path'
> & {
  readonly isDryRun?: boolean;
  /** The request's `fieldSelector`: a node may list what is its own. */
  readonly fieldSelector?: string;
};

/** `allow` and `deny` are final; `none` leaves it to the next authorizer. */
export interface Decision {
  readonly verdict: 'allow' | 'deny' | 'none';
  /** Why, in Kubernetes' words; may be empty. */
  readonly reason: string;
}

/** Kubernetes' answer to what is not allowed. */
export function refusal(user: User, attributes: Attributes, reason = ''): StatusError {
  const { group, resource, subresource, namespace, name, verb, path } = attributes;
  const why = reason === '' ? '' : `: ${reason}`;
  if (!attributes.isResource) {
    return forbidden(`User "${user.name}" cannot ${verb} path "${path}"${why}`);
  }
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const scope = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return forbidden(
    `User "${user.name}" cannot ${verb} resource "${full}" in API group "${group}" ${scope}${why}`,
    { group, plural: resource },
    name,
  );
}

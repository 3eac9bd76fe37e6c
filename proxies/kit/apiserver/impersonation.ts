/** Acting as somebody else: `Impersonate-User`, `-Group`, `-Uid` and `-Extra-…`, as a request asks for it. */
import type { HttpRequest } from '../http/server-exchange.ts';
import type { Attributes } from './attributes.ts';
import { internalError } from './refusals.ts';
import type { User } from './user.ts';

export interface Impersonation {
  /** The user that the request is to be made as. */
  readonly user: User;
  /** What the sender must be allowed for it; all of them, in this order. */
  readonly demands: readonly Attributes[];
}

/**
 * Undefined where a request asks for nobody.
 *
 * @throws StatusError 500 where it asks for something of a user, and for no user.
 */
export function readImpersonation(request: HttpRequest): Impersonation | undefined {
  const headers = readHeaders(request);
  if (headers.length === 0) return undefined;
  const valuesOf = (name: string) =>
    headers.filter((header) => header.name === name).map(({ value }) => value);
  const [name] = valuesOf('impersonate-user');
  const groups = valuesOf('impersonate-group');
  const [uid] = valuesOf('impersonate-uid');
  const extras = headers.filter((header) => header.name.startsWith(extraPrefix));
  if (name === undefined) {
    throw internalError('requested impersonation without impersonating a user');
  }

  const account = readServiceAccount(name);
  const demands: readonly (Pick<Attributes, 'resource' | 'name'> & Partial<Attributes>)[] = [
    account ? { resource: 'serviceaccounts', ...account } : { resource: 'users', name },
    ...groups.map((group) => ({ resource: 'groups', name: group })),
    ...(uid === undefined ? [] : [{ group: authentication, resource: 'uids', name: uid }]),
    ...extras.map((extra) => ({
      group: authentication,
      resource: 'userextras',
      subresource: extraKey(extra.name),
      name: extra.value,
    })),
  ];
  return {
    demands: demands.map((wanted) => ({ ...anything, ...wanted })),
    user: {
      name,
      groups: groupsOf(name, groups, account),
      ...(uid === undefined ? {} : { uid }),
      ...(extras.length === 0
        ? {}
        : {
            extra: Object.fromEntries(
              extras.map(({ name: header }) => [extraKey(header), valuesOf(header)]),
            ),
          }),
    },
  };
}

const authentication = 'authentication.k8s.io';
const extraPrefix = 'impersonate-extra-';

const anything: Attributes = {
  isResource: true,
  verb: 'impersonate',
  group: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  path: '',
};

interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

function readServiceAccount(user: string): ServiceAccountName | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** A ServiceAccount has its groups, unless others are asked for; everybody is authenticated or not. */
function groupsOf(
  name: string,
  asked: readonly string[],
  account: ServiceAccountName | undefined,
): readonly string[] {
  const own = account
    ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`]
    : [];
  const groups = asked.length > 0 ? asked : own;
  const everybody = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  const isSaid = groups.includes(everybody) || groups.includes('system:unauthenticated');
  return isSaid ? groups : [...groups, everybody];
}

/** From the raw headers: a group's name may have a comma in it. */
function readHeaders({ rawHeaders }: HttpRequest) {
  return rawHeaders.flatMap((raw, index) => {
    const name = raw.toLowerCase();
    if (index % 2 === 1 || !isAsking(name)) return [];
    const value = rawHeaders[index + 1] ?? '';
    // As upstream: who is nobody is not asked for.
    const isNobody = value === '' && (name === 'impersonate-user' || name === 'impersonate-uid');
    return isNobody ? [] : [{ name, value }];
  });
}

/** Other headers that begin alike are the application's, as upstream. */
function isAsking(header: string): boolean {
  return /^impersonate-(?:user|group|uid|extra-.*)$/s.test(header);
}

/** What is no escape stays as it is. */
function extraKey(header: string): string {
  const key = header.slice(extraPrefix.length);
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

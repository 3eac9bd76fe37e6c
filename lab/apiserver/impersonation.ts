/** Acting as somebody else: `Impersonate-User`, `-Group`, `-Uid` and `-Extra-…`, for those who may. */
import { refusal, type Attributes, type Authorizer } from './authorization.ts';
import type { HttpRequest } from '../../proxies/kit/http/server-exchange.ts';
import type { User } from './exchange.ts';
import { internalError } from './status.ts';

/**
 * The user that a request is made as.
 *
 * @throws StatusError 403 when the sender may not act as that user, group, uid or extra.
 */
export function impersonate(request: HttpRequest, sender: User, authorizer: Authorizer): User {
  const headers = readHeaders(request);
  if (headers.length === 0) return sender;
  const valuesOf = (name: string) =>
    headers.filter((header) => header.name === name).map(({ value }) => value);
  const [name] = valuesOf('impersonate-user');
  const groups = valuesOf('impersonate-group');
  const [uid] = valuesOf('impersonate-uid');
  const extras = headers.filter((header) => header.name.startsWith(extraPrefix));
  if (name === undefined) {
    throw internalError('requested impersonation without impersonating a user');
  }

  const demand = (wanted: Pick<Attributes, 'resource' | 'name'> & Partial<Attributes>): void => {
    const attributes = { ...anything, ...wanted };
    const { verdict, reason } = authorizer.decide(sender, attributes);
    if (verdict !== 'allow') throw refusal(sender, attributes, reason);
  };
  const account = readServiceAccount(name);
  if (account) demand({ resource: 'serviceaccounts', ...account });
  else demand({ resource: 'users', name });
  for (const group of groups) demand({ resource: 'groups', name: group });
  if (uid !== undefined) demand({ group: authentication, resource: 'uids', name: uid });
  for (const extra of extras) {
    const subresource = extraKey(extra.name);
    demand({ group: authentication, resource: 'userextras', subresource, name: extra.value });
  }

  return {
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
    if (index % 2 === 1 || !name.startsWith('impersonate-')) return [];
    const value = rawHeaders[index + 1] ?? '';
    // As upstream: who is nobody is not asked for.
    const isNobody = value === '' && (name === 'impersonate-user' || name === 'impersonate-uid');
    return isNobody ? [] : [{ name, value }];
  });
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

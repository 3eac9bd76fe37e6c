/** Acting as somebody else: `Impersonate-User`, `-Group`, `-Uid` and `-Extra-…`, for those who may. */
import { refusal, type Attributes, type Authorizer } from './authorization.ts';
import type { HttpRequest, User } from './exchange.ts';
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

  const demand = (group: string, resource: string, subresource: string, value: string): void => {
    const attributes = { ...anything, group, resource, subresource, name: value };
    if (!authorizer.isAllowed(sender, attributes)) throw refusal(sender, attributes);
  };
  demand('', 'users', '', name);
  for (const group of groups) demand('', 'groups', '', group);
  if (uid !== undefined) demand('authentication.k8s.io', 'uids', '', uid);
  for (const extra of extras) {
    demand('authentication.k8s.io', 'userextras', extraKey(extra.name), extra.value);
  }

  const isAnonymous = name === 'system:anonymous';
  const everybody = isAnonymous ? 'system:unauthenticated' : 'system:authenticated';
  return {
    name,
    groups: groups.includes(everybody) ? groups : [...groups, everybody],
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

const extraPrefix = 'impersonate-extra-';

const anything = {
  isResource: true,
  verb: 'impersonate',
  namespace: '',
  path: '',
} satisfies Partial<Attributes>;

/** From the raw headers: a group's name may have a comma in it. */
function readHeaders({ rawHeaders }: HttpRequest) {
  return rawHeaders.flatMap((raw, index) => {
    const name = raw.toLowerCase();
    if (index % 2 === 1 || !name.startsWith('impersonate-')) return [];
    return [{ name, value: rawHeaders[index + 1] ?? '' }];
  });
}

function extraKey(header: string): string {
  return decodeURIComponent(header.slice(extraPrefix.length));
}

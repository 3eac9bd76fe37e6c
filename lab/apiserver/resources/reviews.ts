/** Questions, which are answered and not stored: who is this, and what may they do. */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { at, isList, isObject, listAt, textAt } from '../api-object.ts';
import type { Attributes } from '../authorization.ts';
import type { User } from '../exchange.ts';
import { invalidValue, required } from '../field-errors.ts';
import type { Call } from '../handlers/call.ts';
import type { Resource } from '../resource.ts';
import { badRequest, invalid, type Cause } from '../status.ts';

/** `kubectl auth can-i` */
export const selfSubjectAccessReviews = review({
  group: 'authorization.k8s.io',
  kind: 'SelfSubjectAccessReview',
  review: (asked, { user, authorizer }) => {
    const attributes = attributesOf('SelfSubjectAccessReview', asked);
    return { ...asked, status: statusOf(authorizer.decide(user, attributes)) };
  },
});

export const subjectAccessReviews = review({
  group: 'authorization.k8s.io',
  kind: 'SubjectAccessReview',
  review: (asked, { authorizer }) => {
    const attributes = attributesOf('SubjectAccessReview', asked);
    const user = subjectOf('SubjectAccessReview', asked);
    return { ...asked, status: statusOf(authorizer.decide(user, attributes)) };
  },
});

export const localSubjectAccessReviews: Resource = {
  ...review({
    group: 'authorization.k8s.io',
    kind: 'LocalSubjectAccessReview',
    review: (asked, { authorizer, info }) => {
      const namespace = textAt(asked, 'spec', 'resourceAttributes', 'namespace');
      if (namespace !== info.namespace) {
        throw badRequest(
          `spec.resourceAttributes.namespace must match namespace: ${info.namespace}`,
        );
      }
      const attributes = attributesOf('LocalSubjectAccessReview', asked);
      const user = subjectOf('LocalSubjectAccessReview', asked);
      return { ...asked, status: statusOf(authorizer.decide(user, attributes)) };
    },
  }),
  namespaced: true,
};

/** `kubectl auth can-i --list` */
export const selfSubjectRulesReviews = review({
  group: 'authorization.k8s.io',
  kind: 'SelfSubjectRulesReview',
  review: (asked, { user, authorizer }) => {
    const namespace = textAt(asked, 'spec', 'namespace');
    if (namespace === '') throw badRequest('no namespace on request');
    const { rules, isComplete } = authorizer.rulesOf(user, namespace);
    return {
      ...asked,
      status: {
        resourceRules: rules
          .filter(({ nonResourceURLs = [] }) => nonResourceURLs.length === 0)
          .map((rule) => ({ ...rule })),
        nonResourceRules: rules
          .filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0)
          .map(({ verbs, nonResourceURLs = [] }) => ({ verbs, nonResourceURLs })),
        incomplete: !isComplete,
      },
    };
  },
});

/** `kubectl auth whoami` */
export const selfSubjectReviews = review({
  group: 'authentication.k8s.io',
  kind: 'SelfSubjectReview',
  review: (asked, { user }) => ({ ...asked, status: { userInfo: userInfo(user) } }),
});

export const tokenReviews = review({
  group: 'authentication.k8s.io',
  kind: 'TokenReview',
  review: async (asked, { authenticator, serviceAccounts }) => {
    const token = textAt(asked, 'spec', 'token');
    if (token === '') throw badRequest('token is required for TokenReview in authentication');
    const wanted = listAt(asked, 'spec', 'audiences').map(String);
    const audiences = wanted.length > 0 ? wanted : (serviceAccounts?.audiences ?? []);
    const found = await authenticator?.userOfToken(token, audiences);
    if (!found) {
      const error = authenticator ? 'invalid bearer token' : '';
      return { ...asked, status: { user: {}, ...(error === '' ? {} : { error }) } };
    }
    return {
      ...asked,
      status: {
        authenticated: true,
        user: userInfo(found.user),
        ...(found.audiences ? { audiences: found.audiences } : {}),
      },
    };
  },
});

interface ReviewKind {
  readonly group: string;
  readonly kind: string;
  readonly review: NonNullable<Resource['review']>;
}

function review({ group, kind, review: answer }: ReviewKind): Resource {
  const singular = kind.toLowerCase();
  return {
    group,
    version: 'v1',
    kind,
    plural: `${singular}s`,
    singular,
    namespaced: false,
    verbs: ['create'],
    schema: `io.k8s.api.${group.split('.')[0] ?? ''}.v1.${kind}`,
    columns: [],
    review: (object: JsonObject, call: Call) => answer(object, call),
  };
}

function statusOf({ verdict, reason }: { readonly verdict: string; readonly reason: string }) {
  return {
    allowed: verdict === 'allow',
    ...(verdict === 'deny' ? { denied: true } : {}),
    ...(reason === '' ? {} : { reason }),
  };
}

function userInfo({ name, uid, groups, extra }: User): JsonObject {
  return {
    username: name,
    ...(uid === undefined ? {} : { uid }),
    groups,
    ...(extra === undefined ? {} : { extra }),
  };
}

function subjectOf(kind: string, asked: JsonObject): User {
  const name = textAt(asked, 'spec', 'user');
  const groups = listAt(asked, 'spec', 'groups').map(String);
  if (name === '' && groups.length === 0) {
    refuse(kind, [required('spec.user', 'at least one of user or group must be specified')]);
  }
  const uid = textAt(asked, 'spec', 'uid');
  const given = at(asked, 'spec', 'extra');
  const extra = Object.entries(isObject(given) ? given : {}).flatMap(([key, values]) =>
    isList(values) ? [[key, values.map(String)] as const] : [],
  );
  return {
    name,
    groups,
    ...(uid === '' ? {} : { uid }),
    ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
  };
}

function attributesOf(kind: string, asked: JsonObject): Attributes {
  const resource = at(asked, 'spec', 'resourceAttributes');
  const path = at(asked, 'spec', 'nonResourceAttributes');
  if (isObject(resource) === isObject(path)) {
    refuse(kind, [
      invalidValue(
        'spec.resourceAttributes',
        resource ?? null,
        isObject(path)
          ? 'cannot be specified in combination with nonResourceAttributes'
          : 'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    ]);
  }
  return {
    isResource: isObject(resource),
    verb: textAt(resource, 'verb') || textAt(path, 'verb'),
    group: textAt(resource, 'group'),
    resource: textAt(resource, 'resource'),
    subresource: textAt(resource, 'subresource'),
    namespace: textAt(resource, 'namespace'),
    name: textAt(resource, 'name'),
    path: textAt(path, 'path'),
    fieldSelector: textAt(resource, 'fieldSelector', 'rawSelector'),
  };
}

function refuse(kind: string, causes: readonly Cause[]): never {
  throw invalid({ group: 'authorization.k8s.io', kind }, '', causes);
}
